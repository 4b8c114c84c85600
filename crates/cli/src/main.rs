//! The `counterpart` program: hands its arguments to the library and leaves with the code that it gives.

fn main() -> std::process::ExitCode {
    counterpart_cli::start(std::env::args_os().collect())
}
