//! Mitochi's command line.

use clap::{Parser, Subcommand};
use server::{cli, config::Config, serve};
use std::process::ExitCode;

/// Learn medicine from your own lectures: questions that cite the page, reviews that come back in time.
#[derive(Parser)]
#[command(name = "mitochi", version, about)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serves the site: one program, one data folder, nothing else needed.
    Serve(Box<Config>),
    /// Prints the text of a file, page by page, as Mitochi reads it.
    Extract(cli::extract::Arguments),
    /// Prints the passages of a file: the units of search and citation.
    Chunks(cli::chunks::Arguments),
    /// Prints the questions that are written from a file without a model.
    Questions(cli::questions::Arguments),
    /// Measures search on a judged collection.
    Eval(cli::eval::Arguments),
    /// Reads a file for the server, in a process of its own with limits.
    #[command(hide = true, name = "read-file")]
    ReadFile(cli::read_file::Arguments),
}

fn main() -> ExitCode {
    // two libraries bring a cryptography provider each: this one is the process's
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    match Arguments::parse().command {
        Command::Serve(config) => serve::run(&config),
        Command::Extract(arguments) => cli::extract::run(&arguments),
        Command::Chunks(arguments) => cli::chunks::run(&arguments),
        Command::Questions(arguments) => cli::questions::run(&arguments),
        Command::Eval(arguments) => cli::eval::run(&arguments),
        Command::ReadFile(arguments) => cli::read_file::run(&arguments),
    }
}
