//! Managed comments on an item in memory, with other writers at the worst moments.

use super::*;
use std::sync::atomic::{AtomicUsize, Ordering};

/// What another process does to the comments.
type Act = fn(&mut Vec<Comment>);

/// An item's comments. `rivals` is what another process does right before a listing, by its number, and `late` what it
/// does right after one.
#[derive(Default)]
struct Memory {
    comments: Mutex<Vec<Comment>>,
    rivals: Vec<(usize, Act)>,
    late: Vec<(usize, Act)>,
    listed: AtomicUsize,
    written: AtomicUsize,
    limit: usize,
}

impl Memory {
    fn new() -> Self {
        Self { limit: 65_536, ..Self::default() }
    }

    fn bodies(&self) -> Vec<String> {
        self.comments.lock().unwrap().iter().map(|comment| comment.body.clone()).collect()
    }
}

fn comment(id: &str, body: impl Into<String>, ours: bool) -> Comment {
    Comment { id: id.to_owned(), body: body.into(), ours }
}

#[async_trait]
impl Comments for Memory {
    async fn list(&self, _item: &WorkItemId) -> Result<Vec<Comment>> {
        let number = self.listed.fetch_add(1, Ordering::Relaxed);
        let mut comments = self.comments.lock().unwrap();
        let acts = |all: &Vec<(usize, Act)>, comments: &mut Vec<Comment>| {
            all.iter().filter(|(at, _)| *at == number).for_each(|(_, act)| act(comments));
        };
        acts(&self.rivals, &mut comments);
        let seen = comments.clone();
        acts(&self.late, &mut comments);
        Ok(seen)
    }

    async fn add(&self, _item: &WorkItemId, body: &Markdown) -> Result<()> {
        let id = self.written.fetch_add(1, Ordering::Relaxed).to_string();
        self.comments.lock().unwrap().push(comment(&id, body.as_str(), true));
        Ok(())
    }

    async fn replace(&self, _item: &WorkItemId, id: &str, body: &Markdown) -> Result<()> {
        self.written.fetch_add(1, Ordering::Relaxed);
        let mut comments = self.comments.lock().unwrap();
        match comments.iter_mut().find(|comment| comment.id == id) {
            Some(comment) => body.as_str().clone_into(&mut comment.body),
            None => return Err(Error::new(ErrorKind::NotFound, "find the comment")),
        }
        Ok(())
    }

    async fn remove(&self, _item: &WorkItemId, id: &str) -> Result<()> {
        self.comments.lock().unwrap().retain(|comment| comment.id != id);
        Ok(())
    }

    fn limit(&self) -> usize {
        self.limit
    }
}

fn entry(number: u32) -> Entry {
    let url: Url =
        format!("https://git.example.com/acme/shop/commit/{number:040x}").parse().unwrap();
    Entry::new(&url, &format!("acme/shop@{number}: Mend `it` @all #12 [x](y)")).unwrap()
}

fn item() -> WorkItemId {
    WorkItemId::new("acme/shop#7")
}

async fn make(memory: &Memory, number: u32) -> Link {
    link(memory, &Locks::default(), &item(), &entry(number)).await.unwrap()
}

async fn count(memory: &Memory) -> usize {
    links(memory, &item()).await.unwrap().len()
}

#[tokio::test]
async fn a_second_run_writes_nothing() {
    let memory = Memory::new();
    for number in 0..5 {
        assert!(!make(&memory, number).await.existed);
    }
    let written = memory.written.load(Ordering::Relaxed);
    for number in 0..5 {
        assert!(make(&memory, number).await.existed);
    }
    assert_eq!(memory.written.load(Ordering::Relaxed), written);
    assert_eq!((memory.bodies().len(), count(&memory).await), (1, 5));
    assert!(memory.bodies()[0].starts_with(MARKER));
}

#[tokio::test]
async fn links_made_at_once_are_all_there() {
    let (memory, locks, item) = (Memory::new(), Locks::default(), item());
    let entries: Vec<_> = (0..20).map(entry).collect();
    let all = entries.iter().map(|entry| link(&memory, &locks, &item, entry));
    futures_util::future::try_join_all(all).await.unwrap();
    assert_eq!((memory.bodies().len(), count(&memory).await), (1, 20));
}

#[tokio::test]
async fn what_a_rival_overwrote_is_written_again() {
    let mut memory = Memory::new();
    memory.rivals.push((1, |comments| {
        comments[0].body = render(&[entry(8)]).as_str().to_owned();
    }));
    make(&memory, 1).await;
    assert_eq!(count(&memory).await, 2);
}

#[tokio::test]
async fn a_comment_that_a_rival_removed_is_written_anew() {
    let mut memory = Memory::new();
    make(&memory, 1).await;
    let next = memory.listed.load(Ordering::Relaxed);
    memory.late = vec![(next, Vec::clear)];
    assert!(!make(&memory, 2).await.existed);
    assert_eq!(count(&memory).await, 1, "what the rival removed stays removed");
}

#[tokio::test]
async fn two_first_comments_become_one() {
    let mut memory = Memory::new();
    memory.rivals.push((1, |comments| {
        comments.insert(0, comment("rival", render(&[entry(8)]).as_str(), true));
    }));
    make(&memory, 1).await;
    assert_eq!((memory.bodies().len(), count(&memory).await), (1, 2));
}

#[tokio::test]
async fn a_full_comment_is_followed_by_another() {
    let memory = Memory { limit: 600, ..Memory::new() };
    for number in 0..9 {
        make(&memory, number).await;
    }
    let longest = memory.bodies().iter().map(|body| body.chars().count()).max();
    assert!(memory.bodies().len() > 1 && longest <= Some(600), "{longest:?}");
    assert_eq!(count(&memory).await, 9);
}

#[tokio::test]
async fn what_others_wrote_counts_and_is_not_touched() {
    let memory = Memory::new();
    let theirs = render(&[entry(1)]).as_str().to_owned();
    memory.comments.lock().unwrap().push(comment("x", &*theirs, false));
    memory.comments.lock().unwrap().push(comment("y", "[a](https://b.example)", true));
    assert!(make(&memory, 1).await.existed);
    assert!(!make(&memory, 2).await.existed);
    assert_eq!(memory.bodies()[0], theirs);
    let link = as_link(&item(), &entry(1), true);
    let error = unlink(&memory, &Locks::default(), &link).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Forbidden);
}

#[tokio::test]
async fn a_withdrawn_link_takes_its_comment_along() {
    let memory = Memory::new();
    let made = make(&memory, 1).await;
    make(&memory, 2).await;
    for _ in 0..2 {
        unlink(&memory, &Locks::default(), &made).await.unwrap();
        assert_eq!((memory.bodies().len(), count(&memory).await), (1, 1));
    }
    unlink(&memory, &Locks::default(), &as_link(&item(), &entry(2), true)).await.unwrap();
    assert_eq!(memory.bodies(), [""; 0]);
}

#[tokio::test]
async fn new_words_replace_the_old_ones() {
    let memory = Memory::new();
    let mut pull_request = PullRequest {
        url: "https://me:secret@git.example.com/acme/shop/pull/3".parse().unwrap(),
        number: 3,
        repository: "acme/shop".to_owned(),
        title: "Mend\u{200b} it\n".to_owned(),
        state: PullRequestState::Open,
    };
    for state in [PullRequestState::Open, PullRequestState::Merged, PullRequestState::Merged] {
        pull_request.state = state;
        let entry = Entry::to_pull_request(&pull_request).unwrap();
        link(&memory, &Locks::default(), &item(), &entry).await.unwrap();
    }
    assert_eq!(memory.written.load(Ordering::Relaxed), 2);
    let links = links(&memory, &item()).await.unwrap();
    assert_eq!(links[0].title.as_deref(), Some("acme/shop#3: Mend it (merged)"));
    assert!(!memory.bodies()[0].contains("secret"));
}

#[test]
fn nobody_can_open_a_file() {
    let url = "file:///srv/git/shop".parse().unwrap();
    assert_eq!(Entry::new(&url, "x").unwrap_err().kind, ErrorKind::Config);
}
