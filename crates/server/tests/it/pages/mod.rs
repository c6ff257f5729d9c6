//! What people see in a browser. The page of an instant link is in `device_api::landing` and `device_api::link_use`.

mod files;
mod handset;
mod safety;
mod shop;
