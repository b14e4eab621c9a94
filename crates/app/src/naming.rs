//! How the items of the chosen trackers are named in commits and pull requests, and whose item a name is.

mod site;

use crate::{Result, config::Chosen, forge, git::Git};
use backend::{
    model::WorkItemId,
    reference::{Extraction, Finder, Form, Learner, Pattern, Prefixes, Reference, Skipped},
    registry::Route,
    tracker::Metadata,
};
use std::borrow::Cow;
use url::Url;

/// How items are named. From the trackers' metadata, their configured projects and the routes.
#[derive(Debug, Clone, Default)]
pub struct Naming {
    references: Vec<Pattern>,
    /// Prefixes of keys that count.
    keys: Vec<String>,
    /// Repositories whose numbers count, as `owner/name`.
    repositories: Vec<String>,
    /// Pages of the repositories or organisations that a plain `#12` belongs to.
    homes: Vec<Url>,
    /// The addresses of all trackers, as configured.
    sites: Vec<Url>,
    /// Sites that are served below a path, by a page of theirs: what comes before the names of their repositories.
    roots: Vec<(Url, String)>,
    /// What a history teaches, where nobody says which keys count.
    learned: Option<Prefixes>,
}

impl Naming {
    /// Keys of any project, for runs of which nobody says which tracker is meant.
    pub fn keys() -> Self {
        Self { references: vec![Pattern::Key], ..Self::default() }
    }

    /// Numbers of the code's own host, wherever they count.
    pub fn numbers() -> Self {
        Self { references: vec![Pattern::Number], ..Self::default() }
    }

    /// The naming of these trackers, each with what it says of itself; the routes name more projects.
    pub(crate) fn of<'a>(
        trackers: impl IntoIterator<Item = (&'a Chosen, &'a Metadata)>,
        routes: &[Route],
    ) -> Self {
        let mut naming = Self::default();
        for (chosen, metadata) in trackers {
            for pattern in &metadata.references {
                if !naming.references.contains(pattern) {
                    naming.references.push(pattern.clone());
                }
            }
            let project = chosen.items().settings.text("project").map(str::trim);
            naming.homes.extend(metadata.home.clone());
            let site = chosen.items().settings.text("api_endpoint");
            naming.sites.extend(site.and_then(|site| Url::parse(site.trim()).ok()));
            naming.projects(metadata, project);
        }
        routes.iter().for_each(|route| naming.add(&route.prefix));
        naming
    }

    /// The naming of trackers that were not asked, by the table of platforms alone.
    pub(crate) fn unasked(known: &[Chosen], routes: &[Route]) -> Self {
        let described: Vec<Metadata> = known.iter().map(|one| one.platform.metadata()).collect();
        Self::of(known.iter().zip(&described), routes)
    }

    fn projects(&mut self, metadata: &Metadata, project: Option<&str>) {
        let Some(project) = project else { return };
        if metadata.references.contains(&Pattern::Key) {
            self.keys.push(project.to_owned());
        }
        if numbers_within(metadata) {
            // Without an answer of the tracker the project's own path has to do.
            let path = project.contains('/').then(|| project.to_owned());
            if let (Some(home), Some(path)) = (&metadata.home, &path) {
                let name = forge::name(home).to_ascii_lowercase();
                let root = name.strip_suffix(&path.to_ascii_lowercase());
                let root = root.filter(|root| root.ends_with('/'));
                self.roots.extend(root.map(|root| (home.clone(), root.to_owned())));
            }
            let home = metadata.home.as_ref().map(|home| self.name(home));
            self.repositories.extend(home.or(path));
        }
    }

    /// How an item could be written, for a hint.
    pub fn example(&self) -> String {
        match (self.keys.first(), self.references.first()) {
            (Some(project), Some(Pattern::Key)) => format!("{}-12", project.to_ascii_uppercase()),
            (_, Some(Pattern::Number)) => "#12".to_owned(),
            (_, Some(Pattern::AzureBoards)) => "AB#12".to_owned(),
            _ => "SHOP-12".to_owned(),
        }
    }

    /// What ids of the configured projects begin with, as routes say it.
    pub(crate) fn prefixes(&self) -> Vec<String> {
        let boards = self.has_boards().then(|| "AB#".to_owned());
        let repositories = self.repositories.iter().map(|name| format!("{name}#"));
        self.keys.iter().cloned().chain(repositories).chain(boards).collect()
    }

    /// Adds a project that somebody names: a key's prefix, or a repository.
    fn add(&mut self, project: &str) {
        let project = project.trim_end_matches(['#', '-']);
        if project.contains('/') {
            self.repositories.push(project.to_owned());
        } else if !project.is_empty() {
            self.keys.push(project.to_owned());
        }
    }

    /// True where a plain `#12` can be somebody else's item, so that Azure Boards' has to be written `AB#12`.
    fn has_boards(&self) -> bool {
        self.references.contains(&Pattern::AzureBoards)
    }

    /// True where items are named by numbers, as the code's own host names its issues.
    pub fn has_numbers(&self) -> bool {
        self.references.contains(&Pattern::Number) && !self.has_boards()
    }

    /// The same naming with these projects in the place of the configured ones; none leaves it as it is.
    #[must_use]
    pub fn with_projects(&self, projects: &[String]) -> Self {
        let mut naming = self.clone();
        if !projects.is_empty() {
            (naming.keys, naming.repositories) = (Vec::new(), Vec::new());
            projects.iter().for_each(|project| naming.add(project));
        }
        naming
    }

    /// The same naming that, where nobody says which keys count, learns it from a history.
    #[must_use]
    pub fn learning_from(mut self, git: &Git) -> Self {
        if self.keys.is_empty() && self.references.contains(&Pattern::Key) {
            let mut learner = Learner::default();
            let read = git.messages("HEAD", |_, message| {
                learner.read(&String::from_utf8_lossy(message));
            });
            // A history that cannot be read teaches nothing.
            self.learned = read.ok().map(|_| learner.finish());
        }
        self
    }

    /// Finds references. Where nobody says which keys are ours, upper-case ones count that do not look like something
    /// else.
    pub fn finder(&self) -> Result<Finder> {
        let prefixes = if self.keys.is_empty() {
            self.learned.clone().unwrap_or_default()
        } else {
            Prefixes::allow(self.keys.clone())
        };
        Finder::new(prefixes, &self.references)
    }

    /// What a text of the repository at `page` names: numbers get the name of the repository that they belong to, and
    /// those of other repositories are skipped, with the reason.
    pub fn resolve(&self, found: Extraction, page: &Url) -> Extraction {
        let Extraction { references, mut skipped } = found;
        let mut ours = Vec::new();
        for mut reference in references {
            match self.item(&reference, page) {
                Ok(item) => {
                    reference.item = item;
                    ours.push(reference);
                }
                Err(reason) => skipped.push(Skipped {
                    text: reference.item.to_string(),
                    span: reference.span,
                    reason,
                    item: None,
                }),
            }
        }
        Extraction { references: ours, skipped }
    }

    /// The item that a reference names, or why it is none of ours.
    fn item(&self, reference: &Reference, page: &Url) -> Result<WorkItemId, Cow<'static, str>> {
        let id = reference.item.as_str();
        if let Some(named) = &reference.page
            && site::is_elsewhere(named, reference.form, &self.homes, &self.sites)
        {
            let host = named.host_str().unwrap_or_default();
            return Err(format!("its page is one of another site, {host}").into());
        }
        if reference.form != Form::Number {
            return Ok(reference.item.clone());
        }
        match id.split_once('#') {
            Some(("", number)) => self.plain(number, page),
            Some((repository, number)) => {
                let inside = reference.page.as_ref().and_then(|page| self.inside(page, repository));
                self.qualified(inside.unwrap_or(repository), number)
            }
            None => Ok(reference.item.clone()),
        }
    }

    /// A repository's name as its site has it, which may be served below a path.
    fn name(&self, page: &Url) -> String {
        let name = forge::name(page);
        self.inside(page, &name).map(str::to_owned).unwrap_or(name)
    }

    /// A repository's path without that of its site, where the page is one of a site that is served below a path.
    fn inside<'a>(&self, page: &Url, path: &'a str) -> Option<&'a str> {
        self.roots.iter().find_map(|(site, root)| {
            let is_here = site.host() == page.host() && site.port() == page.port();
            let (start, rest) = path.split_at_checked(root.len())?;
            (is_here && start.eq_ignore_ascii_case(root)).then_some(rest)
        })
    }

    /// `#12`, which belongs to the repository that says it where that is on a tracker's own host.
    fn plain(&self, number: &str, page: &Url) -> Result<WorkItemId, Cow<'static, str>> {
        let (place, homes) = (forge::current(page), self.homes.iter().map(forge::current));
        let neighbours: Vec<Url> = homes.filter(|home| home.host() == place.host()).collect();
        if neighbours.is_empty() {
            return match self.homes.as_slice() {
                [home] if !self.has_boards() => self.qualified(&self.name(home), number),
                [] if !self.has_boards() => Ok(WorkItemId::new(format!("#{number}"))),
                _ => Err("it is a number of the code's own host; name the project with it".into()),
            };
        }
        if self.has_boards() && neighbours.iter().any(|home| site::is_below(&place, home)) {
            return Ok(WorkItemId::new(format!("AB#{number}")));
        }
        self.qualified(&self.name(page), number)
    }

    /// An id as a run with the tracker at hand names it: whoever did not ask the tracker may have left `#12` without the
    /// repository at `page`.
    #[must_use]
    pub fn in_full(&self, id: WorkItemId, page: &Url) -> WorkItemId {
        let plain = id.as_str().strip_prefix('#').map(|number| self.plain(number, page));
        plain.and_then(Result::ok).unwrap_or(id)
    }

    fn qualified(&self, repository: &str, number: &str) -> Result<WorkItemId, Cow<'static, str>> {
        // A project that is only known by a number may be any.
        if self.repositories.is_empty() && !self.has_boards() {
            return Ok(WorkItemId::new(format!("{repository}#{number}")));
        }
        let known = self.repositories.iter().find(|known| known.eq_ignore_ascii_case(repository));
        match known {
            Some(known) => Ok(WorkItemId::new(format!("{known}#{number}"))),
            None => {
                Err(format!("it is an item of {repository}, which is not one of the projects")
                    .into())
            }
        }
    }
}

/// Checks a project that somebody names: a key's prefix, in any case, or a repository's path, `acme/shop`.
pub fn project(text: &str) -> Result<String, String> {
    let name = text.trim().trim_end_matches(['#', '-']);
    let is_part = |part: &str| {
        !part.is_empty() && part.chars().all(|c| c.is_alphanumeric() || "._-".contains(c))
    };
    let is_key = name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if is_key || (name.contains('/') && name.split('/').all(is_part)) {
        return Ok(name.to_owned());
    }
    Err("a project is named by its key, such as SHOP, or by its path, such as acme/shop".to_owned())
}

/// True for trackers that number within a repository.
fn numbers_within(metadata: &Metadata) -> bool {
    metadata.references.contains(&Pattern::Number)
        && !metadata.references.contains(&Pattern::AzureBoards)
}

#[cfg(test)]
mod tests;
