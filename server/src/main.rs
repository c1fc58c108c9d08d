//! Mitochi's command line.

use clap::{Parser, Subcommand};
use server::{
    cli::{
        self,
        keep::{self, Asked},
    },
    config::{Config, Engine},
    reading,
    retrieval::tokens::Tokens,
    serve,
};
use std::{path::PathBuf, process::ExitCode};

/// Learn medicine from your own lectures: questions that cite the page, reviews that come back in time.
#[derive(Parser)]
#[command(name = "mitochi", version, about)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
}

/// What stands in the environment alone.
#[derive(Parser)]
struct Serve {
    #[command(flatten)]
    config: Config,
}

#[derive(Subcommand)]
enum Command {
    /// Serves the site: one program, one data folder, nothing else needed.
    Serve(Box<Config>),
    /// Says what is configured and whether each part answers. Exit code 1 where one does not.
    CheckConfig(Box<Config>),
    /// Fills another vector engine from the database while the site is served, and says how to use it.
    ///
    /// It may be stopped or killed and begun again; what is in the engine already stays.
    Reindex(Box<ReindexArguments>),
    /// Takes a backup of everything while the site is served: database, uploads and the server's key, in one file. Prints its
    /// path.
    Backup(Box<BackupArguments>),
    /// Puts a backup in the place of the data. The site must not be served meanwhile.
    Restore(Box<RestoreArguments>),
    /// Writes everything of one account into a ZIP, as its owner can download it.
    Export(Box<ExportArguments>),
    /// Prints a link that sets the password of an account, for whoever is locked out.
    ResetPassword(Box<ResetArguments>),
    /// Takes such a ZIP into an account.
    Import(Box<ImportArguments>),
    /// Prints the text of a file, page by page, as Mitochi reads it.
    ///
    /// With --json: {"title", "pages": [{"number", "text"}], "headings": [{"level", "title", "page"}], "warnings"}. The
    /// page texts in a row are the text of the document. Exit code 2: the file cannot be read; standard error says why.
    Extract(FileArguments),
    /// Prints the passages of a file: the units of search and citation.
    ///
    /// With --json a line each: {"text", "pages", "start", "end", "headings", "tokens"}; start and end count characters
    /// of the document's text, which is the page texts of `extract --json` in a row. Exit code 2: the file cannot be
    /// read; standard error says why.
    Chunks(FileArguments),
    /// Prints the questions that are written from a file without a model.
    ///
    /// With --json a line each: {"stem", "options": [{"text", "correct", "rationale", "quote", "page"}], "concept",
    /// "kind", "difficulty"}. Exit code 2: the file cannot be read; standard error says why.
    Questions(QuestionArguments),
    /// Shows what language models are told.
    #[command(subcommand)]
    Prompt(cli::prompt::PromptCommand),
    /// Measures how good a part of Mitochi is.
    #[command(subcommand)]
    Eval(Evaluation),
    /// Works something out without doing it.
    #[command(subcommand)]
    Simulate(Simulation),
    /// Says what a reader of files cannot do on this system.
    #[command(hide = true, name = reading::confine::SUBCOMMAND)]
    ProbeReader,
    /// Reads a file for the server, in a process of its own with limits.
    #[command(hide = true, name = reading::child::SUBCOMMAND)]
    ReadFile(ReadFileArguments),
}

#[derive(clap::Args)]
struct ReindexArguments {
    /// The engine to fill.
    #[arg(long, value_enum)]
    to: Engine,
    #[command(flatten)]
    config: Config,
}

#[derive(clap::Args)]
struct BackupArguments {
    /// The folder it is put into.
    #[arg(long)]
    to: PathBuf,
    #[command(flatten)]
    config: Config,
}

#[derive(clap::Args)]
struct RestoreArguments {
    /// The backup.
    file: PathBuf,
    /// What is there may go: on SQLite it is set aside, on PostgreSQL it is gone.
    #[arg(long)]
    replace: bool,
    #[command(flatten)]
    config: Config,
}

#[derive(clap::Args)]
struct ExportArguments {
    /// The account's address.
    #[arg(long)]
    account: String,
    /// The file to write.
    #[arg(long)]
    to: PathBuf,
    #[command(flatten)]
    config: Config,
}

#[derive(clap::Args)]
struct ResetArguments {
    /// The account's address.
    #[arg(long)]
    account: String,
    #[command(flatten)]
    config: Config,
}

#[derive(clap::Args)]
struct ImportArguments {
    /// The account's address.
    #[arg(long)]
    account: String,
    /// The ZIP.
    file: PathBuf,
    #[command(flatten)]
    config: Config,
}

#[derive(clap::Args)]
struct FileArguments {
    /// PDF, PPTX, DOCX, HTML, Markdown or text.
    file: PathBuf,
    /// For programs instead of people.
    #[arg(long)]
    json: bool,
}

#[derive(clap::Args)]
struct QuestionArguments {
    /// PDF, PPTX, DOCX, HTML, Markdown or text.
    file: PathBuf,
    /// For programs instead of people.
    #[arg(long)]
    json: bool,
    /// At most so many.
    #[arg(long)]
    limit: Option<usize>,
    /// Print why sentences and candidates were refused, with counts, instead of the questions.
    #[arg(long)]
    refusals: bool,
}

#[derive(Subcommand)]
enum Evaluation {
    /// Search, on a judged set.
    Retrieval(Box<cli::eval::RetrievalArgs>),
    /// A vector engine among many vectors: time, recall and size. The vectors are synthetic.
    Vectors(Box<cli::eval::synthetic::SyntheticArgs>),
    /// The tutor's rules on judged sets: citations, answers, messages that are no answers, what a model may let slip.
    Tutor(cli::eval::tutor::TutorArgs),
    /// Reading: words kept and their order, against the same chapter in HTML, Markdown or DOCX.
    Ingest {
        /// Folder with chapters in several formats.
        folder: PathBuf,
    },
    /// What is found worth learning in a file without a model: kind, page, name and quote of each finding.
    Analysis {
        /// PDF, PPTX, DOCX, HTML, Markdown or text.
        file: PathBuf,
    },
    /// Reading files that are broken, or were made to do harm: the table of what becomes of each.
    Robustness {
        /// Folder with such files.
        folder: PathBuf,
    },
    /// Writing questions: draws the tables that judges fill in.
    Questions(SampleArguments),
}

#[derive(Subcommand)]
enum Simulation {
    /// What language models cost in a month: a trace of requests through the real orchestrator, cache and price list, with a
    /// provider that only counts. Nothing is sent anywhere.
    Cost(Box<cli::simulate::CostArgs>),
}

#[derive(clap::Args)]
struct SampleArguments {
    /// Files to write questions from.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Of the shuffle.
    #[arg(long, default_value_t = 20_261_124)]
    seed: u64,
    /// So many items; all without it.
    #[arg(long)]
    count: Option<usize>,
    /// Folder to write to.
    #[arg(long, default_value = "end2end/quality")]
    out: PathBuf,
    /// Name of the tables.
    #[arg(long, default_value = "sample")]
    name: String,
}

#[derive(clap::Args)]
struct ReadFileArguments {
    #[arg(long)]
    memory: u64,
    #[arg(long)]
    seconds: u64,
    #[arg(long)]
    name: String,
    path: PathBuf,
}

fn main() -> ExitCode {
    // two libraries bring a cryptography provider each: this one is the process's
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let Some(command) = Arguments::parse().command else {
        // without a command it serves, as the development tools start it
        return serve::run(&Serve::parse_from(["mitochi"]).config);
    };
    let code = match command {
        Command::Serve(config) => return serve::run(&config),
        Command::CheckConfig(config) => cli::check::run(&config),
        Command::Reindex(asked) => cli::reindex::run(&asked.config, asked.to),
        Command::Backup(given) => keep::run(&given.config, Asked::Backup { to: given.to }),
        Command::Restore(given) => {
            keep::run(&given.config, Asked::Restore { from: given.file, replace: given.replace })
        }
        Command::Export(given) => {
            keep::run(&given.config, Asked::Export { account: given.account, to: given.to })
        }
        Command::ResetPassword(given) => keep::run(&given.config, Asked::Reset { account: given.account }),
        Command::Import(given) => {
            keep::run(&given.config, Asked::Import { account: given.account, from: given.file })
        }
        Command::Extract(FileArguments { file, json }) => cli::extract::run(&file, json),
        Command::Chunks(FileArguments { file, json }) => {
            cli::chunks::run(&file, json, &|text| Tokens::bundled().ranges(text))
        }
        Command::Questions(asked) => {
            cli::questions::run(&asked.file, asked.json, asked.limit, asked.refusals)
        }
        Command::Prompt(asked) => cli::prompt::run(&asked),
        Command::Eval(Evaluation::Retrieval(arguments)) => cli::eval::run(&arguments),
        Command::Eval(Evaluation::Vectors(arguments)) => cli::eval::run_vectors(&arguments),
        Command::Eval(Evaluation::Tutor(arguments)) => cli::eval::tutor::run(&arguments),
        Command::Eval(Evaluation::Ingest { folder }) => cli::ingest::run(&folder),
        Command::Eval(Evaluation::Analysis { file }) => cli::analysis::run(&file),
        Command::Eval(Evaluation::Robustness { folder }) => cli::robustness::run(&folder),
        Command::Eval(Evaluation::Questions(draw)) => {
            cli::sample::run(&draw.files, draw.seed, draw.count, &draw.out, &draw.name)
        }
        Command::Simulate(Simulation::Cost(arguments)) => cli::simulate::run(&arguments),
        Command::ProbeReader => reading::confine::run(),
        Command::ReadFile(limits) => {
            reading::child::run_child(&limits.path, &limits.name, limits.memory, limits.seconds)
        }
    };
    ExitCode::from(u8::try_from(code).unwrap_or(1))
}
