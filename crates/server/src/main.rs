//! The binary `ringtrue`.

use std::process::ExitCode;

fn main() -> ExitCode {
    ringtrue::cli::main()
}
