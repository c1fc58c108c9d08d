//! The headings of a material as a tree: a column beside the text on wide screens, a sheet on the phone.

use super::{address::Address, api::OutlineEntry};
use leptos::prelude::*;

/// A heading with those below it.
#[derive(Debug, Clone, PartialEq)]
struct Branch {
    entry: OutlineEntry,
    below: Vec<Branch>,
}

/// Nests a flat outline. A level that is skipped adds no depth.
fn tree(entries: Vec<OutlineEntry>) -> Vec<Branch> {
    let mut entries = entries.into_iter().peekable();
    let mut roots = vec![];
    while let Some(entry) = entries.next() {
        roots.push(branch(entry, &mut entries));
    }
    roots
}

fn branch(entry: OutlineEntry, rest: &mut std::iter::Peekable<std::vec::IntoIter<OutlineEntry>>) -> Branch {
    let mut below = vec![];
    while let Some(next) = rest.next_if(|next| next.level > entry.level) {
        below.push(branch(next, rest));
    }
    Branch { entry, below }
}

/// The tree as nested lists of links.
#[component]
pub fn Outline(
    /// All headings, in order.
    entries: Vec<OutlineEntry>,
    /// Where the reader stands.
    address: Address,
    /// First and last page that are loaded: a heading among them is only scrolled to.
    loaded: (u32, u32),
    /// `start` of the heading that is being read.
    current: Signal<Option<u32>>,
) -> impl IntoView {
    if entries.is_empty() {
        return view! { <p class="small soft toc__none">"This file has no headings."</p> }.into_any();
    }
    let now = Selector::new(move || current.get());
    list(tree(entries), 0, &Links { address, loaded, now })
}

struct Links {
    address: Address,
    loaded: (u32, u32),
    now: Selector<Option<u32>>,
}

fn list(branches: Vec<Branch>, depth: usize, links: &Links) -> AnyView {
    let items = branches
        .into_iter()
        .map(|branch| {
            let OutlineEntry { title, page, start, .. } = branch.entry;
            let near = (links.loaded.0..=links.loaded.1).contains(&page);
            let href =
                if near { links.address.href_to(start) } else { links.address.page(page).href_to(start) };
            let now = links.now.clone();
            let below = (!branch.below.is_empty()).then(|| list(branch.below, depth + 1, links));
            view! {
                <li>
                    <a
                        class:h=depth == 0
                        href=href
                        data-noscroll=near.then_some("")
                        aria-current=move || now.selected(&Some(start)).then_some("location")
                    >
                        <span>{title}</span>
                        <span class="n"><span class="sr">"page "</span>{page}</span>
                    </a>
                    {below}
                </li>
            }
        })
        .collect_view();
    view! { <ul class=format!("in-{}", depth.min(4))>{items}</ul> }.into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draw(branches: &[Branch]) -> String {
        let parts: Vec<_> = branches
            .iter()
            .map(|branch| match branch.below.as_slice() {
                [] => branch.entry.level.to_string(),
                below => format!("{}({})", branch.entry.level, draw(below)),
            })
            .collect();
        parts.join(" ")
    }

    #[test]
    fn headings_nest_by_level() {
        let cases: [(&[u8], &str); 5] = [
            (&[], ""),
            (&[1, 2, 2, 1], "1(2 2) 1"),
            (&[1, 2, 3, 2, 3, 3], "1(2(3) 2(3 3))"),
            (&[1, 3, 2], "1(3 2)"),
            (&[3, 1, 2], "3 1(2)"),
        ];
        for (levels, wanted) in cases {
            let entries = levels
                .iter()
                .map(|level| OutlineEntry { level: *level, title: String::new(), page: 1, start: 0 })
                .collect();
            assert_eq!(draw(&tree(entries)), wanted, "{levels:?}");
        }
    }
}
