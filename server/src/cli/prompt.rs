//! `mitochi prompt`: what language models are told, as it ships. An operator can read it before connecting one.

use crate::llm::{
    Speaker,
    prompt::{self, Prompt},
};
use std::fmt::Write as _;

/// `mitochi prompt`.
#[derive(Debug, Clone, clap::Subcommand)]
pub enum PromptCommand {
    /// Names the prompts, with their versions and what they are filled with.
    List,
    /// Prints a prompt; `{{…}}` is where something is filled in. Exit code 2: there is none of that name.
    Show {
        /// As `prompt list` names it.
        name: String,
    },
}

/// Runs the command. Gives the exit code.
pub fn run(command: &PromptCommand) -> i32 {
    match command {
        PromptCommand::List => super::print(&list()),
        PromptCommand::Show { name } => match prompt::find(name) {
            Some(prompt) => super::print(&shown(prompt)),
            None => {
                eprintln!("no prompt is called '{name}'; `mitochi prompt list` names them");
                super::UNREADABLE
            }
        },
    }
}

fn list() -> String {
    let mut out = String::new();
    for prompt in prompt::all() {
        let _ = writeln!(
            out,
            "{:<18} version {}  {}",
            prompt.id.name,
            prompt.id.version,
            prompt.inputs.join(", ")
        );
    }
    out
}

fn shown(prompt: &Prompt) -> String {
    let mut out = format!("{} version {}\n", prompt.id.name, prompt.id.version);
    for (speaker, text) in &prompt.messages {
        let speaker = match speaker {
            Speaker::System => "system",
            Speaker::User => "user",
            Speaker::Assistant => "assistant",
        };
        let _ = write!(out, "\n[{speaker}]\n{text}\n");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_are_listed_and_shown_whole() {
        let list = list();
        for prompt in prompt::all() {
            assert!(list.lines().any(|line| line.starts_with(prompt.id.name)), "{list}");
            let shown = shown(prompt);
            assert!(prompt.messages.iter().all(|(_, text)| shown.contains(text)), "{shown}");
        }
        assert_eq!(run(&PromptCommand::Show { name: "nobody".into() }), 2);
    }
}
