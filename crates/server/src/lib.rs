//! Ringtrue's server: routers, sockets, pages, configuration and command line, wired to the engine.

mod admin;
mod api;
mod assemble;
pub mod cli;
mod config;
mod console;
mod demo;
mod device;
mod drain;
mod feed;
mod http;
mod keys;
mod listen;
mod nodes;
mod ops;
mod pages;
mod person_record;
mod personas_file;
mod portal;
mod readiness;
mod router;
mod rows;
mod run;
mod state;
mod telemetry;
pub mod testing;
