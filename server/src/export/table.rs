//! The tables of an export: which rows are a learner's, and how they hang together.

use crate::db::Kind::{self, Bool, Bytes, Id, Int, Json, Real, Text};

/// A table, in an order in which each refers to those before it.
#[derive(Debug)]
pub(super) struct Table {
    /// Its name, which is the file's too.
    pub(super) name: &'static str,
    /// The column that says whose a row is; it is not exported. Empty where another table says it.
    pub(super) owner: &'static str,
    /// Which rows are those of the learner `$1`.
    pub(super) of: &'static str,
    /// Its other columns; `id` first where it has one.
    pub(super) columns: &'static [Field],
    /// Columns that tell two rows apart besides the id.
    pub(super) same: &'static [&'static str],
}

/// A column.
#[derive(Debug)]
pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    /// Whether it names a row of another table.
    pub(super) names: bool,
    /// Whether it may be empty.
    pub(super) null: bool,
}

const fn field(name: &'static str, kind: Kind) -> Field {
    Field { name, kind, names: false, null: false }
}
const fn maybe(name: &'static str, kind: Kind) -> Field {
    Field { name, kind, names: false, null: true }
}
const fn names(name: &'static str) -> Field {
    Field { name, kind: Id, names: true, null: false }
}
const fn may_name(name: &'static str) -> Field {
    Field { name, kind: Id, names: true, null: true }
}

impl Table {
    /// Whether it has an id of its own.
    pub(super) fn has_id(&self) -> bool {
        self.columns[0].name == "id"
    }
}

/// The format's tables. What a program makes again of them (text, passages, vectors, terms) is not exported.
pub(super) const TABLES: &[Table] = &[
    Table {
        name: "material",
        owner: "owner",
        of: "owner = $1",
        columns: &[
            field("id", Id),
            field("title", Text),
            field("filename", Text),
            field("format", Text),
            field("extension", Text),
            field("bytes", Int),
            field("sha256", Bytes),
            field("created", Int),
            field("stays_here", Bool),
        ],
        same: &["sha256"],
    },
    Table {
        name: "question",
        owner: "",
        of: "material IN (SELECT id FROM material WHERE owner = $1)
             OR id IN (SELECT question FROM card WHERE learner = $1) OR id IN (SELECT question FROM answer WHERE learner = $1)
             OR id IN (SELECT i.question FROM quiz_item i JOIN quiz z ON z.id = i.quiz WHERE z.learner = $1)",
        columns: &[
            field("id", Id),
            names("material"),
            field("fingerprint", Bytes),
            field("state", Text),
            field("automatic", Bool),
            field("page", Int),
            field("span_start", Int),
            field("span_end", Int),
            field("concept", Text),
            field("item", Json),
            field("created", Int),
            maybe("model", Text),
        ],
        same: &["material", "fingerprint"],
    },
    Table {
        name: "question_report",
        owner: "learner",
        of: "learner = $1",
        columns: &[names("question"), field("reason", Text), field("created", Int)],
        same: &["question"],
    },
    Table {
        name: "quiz",
        owner: "learner",
        of: "learner = $1",
        columns: &[
            field("id", Id),
            may_name("material"),
            field("title", Text),
            field("started", Int),
            maybe("finished", Int),
        ],
        same: &[],
    },
    Table {
        name: "quiz_item",
        owner: "",
        of: "quiz IN (SELECT id FROM quiz WHERE learner = $1)",
        columns: &[names("quiz"), field("position", Int), may_name("question"), field("shown", Json)],
        same: &["quiz", "position"],
    },
    Table {
        name: "answer",
        owner: "learner",
        of: "learner = $1",
        columns: &[
            field("id", Id),
            may_name("question"),
            may_name("quiz"),
            maybe("position", Int),
            field("choice", Int),
            field("correct", Bool),
            maybe("confidence", Text),
            field("took", Int),
            field("at", Int),
            field("day", Int),
        ],
        same: &["quiz", "position"],
    },
    Table {
        name: "talk",
        owner: "learner",
        of: "learner = $1",
        columns: &[
            field("id", Id),
            names("material"),
            field("concept", Text),
            field("concept_key", Text),
            field("title", Text),
            field("because", Text),
            field("session", Json),
            field("matter", Json),
            field("last", Int),
            field("began", Int),
            field("touched", Int),
            maybe("ended", Int),
            field("origin", Text),
        ],
        same: &[],
    },
    Table {
        name: "talk_line",
        owner: "",
        of: "talk IN (SELECT id FROM talk WHERE learner = $1)",
        columns: &[
            names("talk"),
            field("seq", Int),
            field("at", Int),
            field("body", Json),
            maybe("doing", Json),
            maybe("first_word", Int),
            field("follows", Bool),
        ],
        same: &["talk", "seq"],
    },
    Table {
        name: "talk_report",
        owner: "learner",
        of: "learner = $1",
        columns: &[names("talk"), field("line", Int), field("reason", Text), field("created", Int)],
        same: &["talk", "line"],
    },
    Table {
        name: "flashcard",
        owner: "learner",
        of: "learner = $1",
        columns: &[
            field("id", Id),
            names("material"),
            field("kind", Text),
            field("front", Text),
            field("back", Text),
            field("concept", Text),
            field("quote", Text),
            field("span_start", Int),
            field("span_end", Int),
            field("page", Int),
            field("resting", Bool),
            field("created", Int),
        ],
        same: &[],
    },
    Table {
        name: "card",
        owner: "learner",
        of: "learner = $1",
        columns: &[
            field("id", Id),
            may_name("question"),
            may_name("flashcard"),
            maybe("stability", Real),
            maybe("difficulty", Real),
            field("due", Int),
            maybe("last_review", Int),
            field("reps", Int),
            field("lapses", Int),
            field("created", Int),
        ],
        same: &["question", "flashcard"],
    },
    Table {
        name: "review",
        owner: "learner",
        of: "learner = $1",
        columns: &[
            field("id", Id),
            names("card"),
            field("rating", Text),
            field("at", Int),
            field("day", Int),
            field("took", Int),
            field("before", Json),
            field("after", Json),
        ],
        same: &["card", "at"],
    },
    Table {
        name: "xp",
        owner: "learner",
        of: "learner = $1",
        columns: &[
            field("id", Id),
            field("source", Text),
            names("reference"),
            field("amount", Int),
            field("reason", Text),
            field("at", Int),
            field("day", Int),
        ],
        same: &["source", "reference"],
    },
    Table {
        name: "saved_search",
        owner: "learner",
        of: "learner = $1",
        columns: &[
            field("id", Id),
            field("query", Text),
            may_name("material"),
            maybe("chapter", Int),
            maybe("chapter_title", Text),
            field("key", Text),
            field("created", Int),
        ],
        same: &["key"],
    },
    Table {
        name: "memory",
        owner: "learner",
        of: "learner = $1",
        columns: &[
            field("id", Id),
            field("kind", Text),
            may_name("material"),
            field("concept", Text),
            field("concept_key", Text),
            field("text", Text),
            field("mark", Text),
            field("times", Int),
            may_name("talk"),
            field("at", Int),
        ],
        same: &[],
    },
    Table {
        name: "memory_off",
        owner: "learner",
        of: "learner = $1",
        columns: &[field("since", Int)],
        same: &[],
    },
];
