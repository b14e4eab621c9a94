//! `work-item`: creates, reads, updates and searches work items on any tracker.

mod fields;
mod show;

use app::{Common, Report, Result, Session};
use backend::{
    Operation, Tracker,
    model::{Change, Draft, Kind, Priority, Query, Status, WorkItemId},
};
use clap::{ArgGroup, Args as ClapArgs, Parser, Subcommand};
use fields::{Field, Text};

/// Outputs for the CI host: name and meaning.
pub const OUTPUTS: &[(&str, &str)] = &[
    ("id", "Id of the item; for search, of all found, comma-separated"),
    ("url", "Page of the item"),
    ("status", "Status of the item"),
    ("complete", "For search: false when there are more items than were read"),
];

/// Creates, reads, updates and searches work items on any tracker.
#[derive(Debug, Parser)]
#[command(name = "work-item", version, after_help = EXAMPLE)]
pub struct Args {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
    /// What every binary has.
    #[command(flatten)]
    pub common: Common,
}

const EXAMPLE: &str = "Examples:
  work-item create --platform local --title 'Pay by invoice' --type feature --priority high
  work-item update SHOP-12 --status in_review --comment 'Ready to look at.'
  work-item search 'invoice' --status todo --json";

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Makes an item and prints it.
    #[command(
        after_help = "Example:\n  work-item create --title 'Pay by invoice' --label payments --field customfield_10030='{\"value\":\"EU\"}'"
    )]
    Create(CreateArgs),
    /// Prints an item with its links.
    #[command(after_help = "Example:\n  work-item get SHOP-12 --json")]
    Get {
        /// Id as people write it, such as SHOP-12.
        #[arg(value_parser = fields::id)]
        id: WorkItemId,
    },
    /// Changes an item and prints it.
    #[command(
        after_help = "Example:\n  work-item update SHOP-12 --status done --add-label released"
    )]
    Update(UpdateArgs),
    /// Finds items, newest first.
    #[command(after_help = "Example:\n  work-item search 'invoice' --label payments --limit 20")]
    Search(SearchArgs),
}

/// Fields that a new item and a change have in common.
#[derive(Debug, Clone, ClapArgs)]
pub struct FieldArgs {
    #[command(flatten)]
    text: Text,
    /// State: todo, in_progress, in_review, blocked, done or cancelled.
    #[arg(long, value_name = "STATUS")]
    status: Option<Status>,
    /// Priority: critical, high, medium or low.
    #[arg(long, value_name = "PRIORITY")]
    priority: Option<Priority>,
    /// Who works on it: an e-mail address, a user name or an account id.
    #[arg(long, value_name = "WHO")]
    assignee: Option<String>,
    /// Estimate; 0 is an estimate.
    #[arg(long, value_name = "N", value_parser = fields::points)]
    story_points: Option<f64>,
    /// The item that contains this one.
    #[arg(long, value_name = "ID", value_parser = fields::id)]
    parent: Option<WorkItemId>,
    /// A field by the tracker's own name; what is not JSON is taken as text. Repeatable.
    #[arg(long = "field", value_name = "NAME=JSON")]
    fields: Vec<Field>,
}

/// A new item.
#[derive(Debug, Clone, ClapArgs)]
pub struct CreateArgs {
    /// One line.
    #[arg(long, value_name = "T", value_parser = fields::title)]
    title: String,
    /// Sort of work: feature, bug, task, incident or epic.
    #[arg(long = "type", value_name = "TYPE", default_value = "task")]
    kind: Kind,
    /// A label. Repeatable.
    #[arg(long = "label", value_name = "L")]
    labels: Vec<String>,
    #[command(flatten)]
    fields: FieldArgs,
}

/// A change; at least one part of it must be given.
#[derive(Debug, Clone, ClapArgs)]
#[command(override_usage = "work-item update [OPTIONS] <ID> <CHANGE>...", group = ArgGroup::new("change").required(true).multiple(true).args([
    "title", "description", "description_file", "status", "priority", "assignee", "story_points", "parent", "fields",
    "comment", "add_labels", "remove_labels",
]))]
pub struct UpdateArgs {
    /// Id as people write it, such as SHOP-12.
    #[arg(value_parser = fields::id)]
    id: WorkItemId,
    /// New title.
    #[arg(long, value_name = "T", value_parser = fields::title)]
    title: Option<String>,
    /// A comment to add.
    #[arg(long, value_name = "TEXT")]
    comment: Option<String>,
    /// A label to add. Repeatable.
    #[arg(long = "add-label", visible_alias = "label", value_name = "L")]
    add_labels: Vec<String>,
    /// A label to remove. Repeatable.
    #[arg(long = "remove-label", value_name = "L")]
    remove_labels: Vec<String>,
    #[command(flatten)]
    fields: FieldArgs,
}

/// A search; all given conditions hold at once.
#[derive(Debug, Clone, ClapArgs)]
pub struct SearchArgs {
    /// Words in title or text.
    query: Option<String>,
    /// A label that items must have. Repeatable.
    #[arg(long = "label", value_name = "L")]
    labels: Vec<String>,
    /// A state that items may be in. Repeatable.
    #[arg(long = "status", value_name = "STATUS")]
    statuses: Vec<Status>,
    /// A query in the tracker's own language, such as JQL, passed through untouched.
    #[arg(long, value_name = "QUERY")]
    native: Option<String>,
    /// At most so many items.
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = fields::limit)]
    limit: usize,
}

impl AsRef<Common> for Args {
    fn as_ref(&self) -> &Common {
        &self.common
    }
}

/// Runs the binary.
pub async fn run(args: Args, session: &mut Session) -> Result<Report> {
    // A work tree is not needed; where there is one, its configuration and its embedded tracker are used.
    let git = session.git_if_there()?;
    session.reads_only = matches!(args.command, Command::Get { .. } | Command::Search(_));
    let connected = session.connect(git.as_ref()).await?.ready()?;
    let tracker = &*connected.tracker;
    let mut report = match args.command {
        Command::Create(create) => self::create(tracker, create).await?,
        Command::Get { id } => get(tracker, &id).await?,
        Command::Update(update) => self::update(tracker, update).await?,
        Command::Search(search) => self::search(tracker, search, session.common.json).await?,
    };
    if session.common.dry_run && !session.reads_only {
        // The plan says it all; an item that does not exist is not to be shown as if it did.
        report.text.clear();
        report.summary.clear();
        report.outputs.clear();
    }
    Ok(report)
}

async fn create(tracker: &dyn Tracker, args: CreateArgs) -> Result<Report> {
    let fields = args.fields;
    let draft = Draft {
        title: args.title,
        description: fields.text.read()?.unwrap_or_default(),
        kind: args.kind,
        status: fields.status,
        priority: fields.priority,
        labels: args.labels,
        assignee: fields.assignee,
        parent_id: fields.parent,
        story_points: fields.story_points,
        custom_fields: fields::collect(fields.fields),
    };
    let item =
        tracker.create_work_item(&draft).await.map_err(|error| error.during("create the item"))?;
    Ok(show::item("created", &item, &[]))
}

async fn get(tracker: &dyn Tracker, id: &WorkItemId) -> Result<Report> {
    let item =
        tracker.get_work_item(id).await.map_err(|error| error.during(format!("read {id}")))?;
    let has_links = tracker.metadata().operations.contains(&Operation::ListLinks);
    let links = if has_links {
        tracker
            .list_links(&item.id)
            .await
            .map_err(|error| error.during(format!("read the links of {id}")))?
    } else {
        Vec::new()
    };
    Ok(show::item("", &item, &links))
}

async fn update(tracker: &dyn Tracker, args: UpdateArgs) -> Result<Report> {
    let id = args.id;
    let fields = args.fields;
    let change = Change {
        title: args.title,
        description: fields.text.read()?,
        status: fields.status,
        priority: fields.priority,
        comment: args.comment.map(backend::text::Markdown::from_template),
        add_labels: args.add_labels,
        remove_labels: args.remove_labels,
        assignee: fields.assignee,
        parent_id: fields.parent,
        story_points: fields.story_points,
        custom_fields: fields::collect(fields.fields),
    };
    let item = tracker
        .update_work_item(&id, &change)
        .await
        .map_err(|error| error.during(format!("update {id}")))?;
    let done = if change.comment.is_some() { "updated and commented on" } else { "updated" };
    Ok(show::item(done, &item, &[]))
}

async fn search(tracker: &dyn Tracker, args: SearchArgs, as_json: bool) -> Result<Report> {
    let query = Query {
        text: args.query.filter(|text| !text.trim().is_empty()),
        labels: args.labels,
        statuses: args.statuses,
        closed: None,
        native: args.native,
        limit: args.limit,
    };
    let found = tracker.search_work_items(&query).await.map_err(|error| error.during("search"))?;
    Ok(show::found(&found, as_json))
}
