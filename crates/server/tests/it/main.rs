//! Black-box tests of the HTTP surfaces.
