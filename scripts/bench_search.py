"""Reading a thousand items by search from trackers that take 50 ms for every answer, against the floor that the pages set.

Each tracker here plays as much of a vendor's API as the search needs. The floor counts rounds of requests: pages that
name the next one come one after the other, pages whose place is known come eight at a time.
"""

import http.server
import json
import math
import subprocess
import threading
import time
import urllib.parse

ITEMS, DELAY, IN_FLIGHT = 1_000, 0.050, 8


def rounds(pages, parallel):
    """Rounds of requests that so many pages need; the first page tells where the others are."""
    return 1 + math.ceil((pages - 1) / IN_FLIGHT) if parallel else pages


class Tracker:
    """A tracker: settings to reach it, and answers. `rounds` is the floor in requests one after the other."""

    def __init__(self, name, rounds, environment, answer):
        self.name, self.rounds, self.environment, self.answer = name, rounds, environment, answer


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def parse_request(self):
        """The time counts from here: reading the request is part of what the tracker takes."""
        self.due = time.perf_counter() + DELAY
        return super().parse_request()

    def handle_one(self):
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        self.server.seen.append(f"{self.command} {self.path}")
        asked = (self.command, self.path, body)
        if asked not in self.server.answers:
            self.server.answers[asked] = self.answer(body)
        time.sleep(max(0, self.due - time.perf_counter()))
        self.wfile.write(self.server.answers[asked])

    def answer(self, body):
        """The whole answer as it is sent. It is kept for the next run: making it is none of the client's time."""
        url = urllib.parse.urlsplit(self.path)
        query = {name: values[0] for name, values in urllib.parse.parse_qs(url.query).items()}
        answer = self.server.tracker.answer(self.server.base, self.command, url.path, query, json.loads(body) if body[:1] in (b"{", b"[") else None)
        status, document, headers = answer if answer else (404, {"message": f"{self.command} {self.path} is not played here"}, {})
        text = json.dumps(document).encode()
        lines = {"content-type": "application/json", "content-length": str(len(text)), **headers}.items()
        head = "".join(f"{name}: {value}\r\n" for name, value in lines)
        return f"HTTP/1.1 {status} -\r\n{head}\r\n".encode() + text

    do_GET = do_POST = handle_one

    def setup(self):
        super().setup()
        self.connection.setsockopt(6, 1, 1)  # TCP_NODELAY

    def log_message(self, *_):
        pass


def jira_issue(number):
    stamp = f"2026-01-01T00:{number // 60 % 60:02}:{number % 60:02}.000+0000"
    status = {"name": "To Do", "statusCategory": {"key": "new"}}
    fields = {"summary": f"Item {number}", "status": status, "issuetype": {"name": "Task"}, "labels": [], "created": stamp, "updated": stamp}
    return {"id": str(number), "key": f"SHOP-{number}", "fields": fields}


def jira(deployment):
    def answer(base, method, path, query, body):
        if path.endswith("/serverInfo"):
            return 200, {"deploymentType": deployment, "version": "10.0.0", "baseUrl": base}, {}
        if path.endswith("/field"):
            return 200, [], {}
        if path.endswith("/search/jql"):
            start = int(body.get("nextPageToken", "0"))
            end = min(start + min(body["maxResults"], 100), ITEMS)
            page = {"issues": [jira_issue(ITEMS - at) for at in range(start, end)], "isLast": end == ITEMS}
            return 200, page | ({} if end == ITEMS else {"nextPageToken": str(end)}), {}
        if path.endswith("/search"):
            start = body["startAt"]
            end = min(start + min(body["maxResults"], 100), ITEMS)
            return 200, {"startAt": start, "maxResults": 100, "total": ITEMS, "issues": [jira_issue(ITEMS - at) for at in range(start, end)]}, {}
        return None

    return answer


def jira_environment(deployment, email):
    return lambda base: {"JIRA_URL": base, "JIRA_API_TOKEN": "x", "JIRA_PROJECT": "SHOP", "JIRA_DEPLOYMENT": deployment} | email


def stamp(number):
    return f"2026-01-01T{number // 3600:02}:{number // 60 % 60:02}:{number % 60:02}Z"


def github(base, method, path, query, body):
    """Pages by number, with the address of the next and the last."""
    if not path.endswith("/issues"):
        return None
    number, size = int(query.get("page", "1")), int(query.get("per_page", "30"))
    start, last = (number - 1) * size, math.ceil(ITEMS / size)
    user = {"login": "alex", "id": 1, "type": "User"}
    issue = lambda it: {"number": it, "title": f"Item {it}", "body": "", "state": "open", "labels": [], "assignees": [], "user": user,
                        "html_url": f"https://github.com/acme/shop/issues/{it}", "url": f"{base}/repos/acme/shop/issues/{it}",
                        "repository_url": f"{base}/repos/acme/shop", "id": it, "node_id": f"I_{it}", "created_at": stamp(it), "updated_at": stamp(it), "closed_at": None}
    page = lambda it: f"<{base}{path}?{urllib.parse.urlencode({**query, 'page': it})}>"
    links = ([f'{page(number + 1)}; rel="next"', f'{page(last)}; rel="last"'] if number < last else [])
    return 200, [issue(ITEMS - at) for at in range(start, min(start + size, ITEMS))], {"link": ", ".join(links)} if links else {}


def gitlab(base, method, path, query, body):
    """Pages that name the next one."""
    if not path.endswith("/issues"):
        return (200, {"data": {}}, {}) if path.endswith("/graphql") else None
    start, size = int(query.get("cursor", "0")), int(query.get("per_page", "20"))
    end = min(start + size, ITEMS)
    issue = lambda it: {"id": it, "iid": it, "project_id": 1, "title": f"Item {it}", "description": "", "state": "opened", "labels": [], "assignees": [],
                        "issue_type": "issue", "web_url": f"{base}/acme/shop/-/issues/{it}", "references": {"full": f"acme/shop#{it}"},
                        "created_at": stamp(it), "updated_at": stamp(it), "closed_at": None}
    following = f"{base}{path}?{urllib.parse.urlencode({**query, 'cursor': end})}"
    return 200, [issue(ITEMS - at) for at in range(start, end)], {"link": f'<{following}>; rel="next"'} if end < ITEMS else {}


def azure_devops(base, method, path, query, body):
    """All ids at once, then the items by two hundred, then what the states of their types mean."""
    if path.endswith("/wiql"):
        ids = [{"id": ITEMS - at, "url": f"{base}/acme/_apis/wit/workItems/{ITEMS - at}"} for at in range(min(ITEMS, int(query.get("$top", ITEMS))))]
        return 200, {"queryType": "flat", "asOf": stamp(0), "columns": [], "workItems": ids}, {}
    if path.endswith("/workitemsbatch"):
        fields = lambda it: {"System.Id": it, "System.Title": f"Item {it}", "System.State": "New", "System.WorkItemType": "Task", "System.TeamProject": "Shop",
                             "System.CreatedDate": stamp(it), "System.ChangedDate": stamp(it)}
        items = [{"id": it, "rev": 1, "fields": fields(it), "url": f"{base}/acme/_apis/wit/workItems/{it}"} for it in body["ids"]]
        return 200, {"count": len(items), "value": items}, {}
    if path.endswith("/states"):
        return 200, {"count": 1, "value": [{"name": "New", "category": "Proposed"}]}, {}
    return None


def linear(base, method, path, query, body):
    """Pages that name the next one; a hundred items with their labels are as many as one question may cost."""
    if "teams(" in body["query"]:
        team = {"id": "t", "key": "ENG", "name": "Engineering", "issueEstimationType": "fibonacci", "parent": None, "states": {"nodes": [{"id": "s", "name": "Todo", "type": "unstarted", "position": 1}]}}
        return 200, {"data": {"teams": {"nodes": [team]}}}, {}
    variables = body.get("variables", {})
    start, size = int(variables.get("after") or "0"), min(int(variables.get("first") or 50), 250)
    end = min(start + size, ITEMS)
    issue = lambda it: {"id": f"00000000-0000-4000-8000-{it:012}", "identifier": f"ENG-{it}", "number": it, "title": f"Item {it}", "description": None, "priority": 0, "estimate": None,
                        "url": f"https://linear.app/acme/issue/ENG-{it}", "state": {"id": "s", "name": "Todo", "type": "unstarted", "position": 1}, "labels": {"nodes": [], "pageInfo": {"hasNextPage": False, "endCursor": None}},
                        "assignee": None, "parent": None, "cycle": None, "team": {"id": "t", "key": "ENG"}, "createdAt": stamp(it), "updatedAt": stamp(it), "completedAt": None,
                        "canceledAt": None, "archivedAt": None, "trashed": None}
    nodes = [issue(ITEMS - at) for at in range(start, end)]
    return 200, {"data": {"issues": {"nodes": nodes, "pageInfo": {"hasNextPage": end < ITEMS, "endCursor": str(end)}}}}, {}


TRACKERS = [
    Tracker("jira, Cloud", rounds(10, False), jira_environment("cloud", {"JIRA_EMAIL": "a@example.com"}), jira("Cloud")),
    Tracker("jira, Data Center", rounds(10, True), jira_environment("server", {}), jira("Server")),
    Tracker("azure-devops", 3, lambda base: {"AZURE_DEVOPS_ORG_URL": f"{base}/acme", "AZURE_DEVOPS_PAT": "x", "AZURE_DEVOPS_PROJECT": "Shop"}, azure_devops),
    Tracker("github", rounds(10, True), lambda base: {"GITHUB_TOKEN": "x", "GITHUB_REPOSITORY": "acme/shop", "GITHUB_API_URL": base}, github),
    Tracker("gitlab", rounds(10, False), lambda base: {"GITLAB_TOKEN": "x", "GITLAB_PROJECT": "acme/shop", "GITLAB_URL": base}, gitlab),
    Tracker("linear", rounds(10, False), lambda base: {"LINEAR_API_KEY": "x", "LINEAR_TEAM": "ENG", "LINEAR_API_URL": f"{base}/graphql"}, linear),
]


def serve(tracker):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.tracker, server.seen, server.answers, server.base = tracker, [], {}, f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def search(binary, server, clean):
    """Wall time of one search through a fresh process."""
    tracker = server.tracker
    command = [binary, "search", "--limit", str(ITEMS), "--json"]
    started = time.perf_counter()
    run = subprocess.run(command, env={**clean, **tracker.environment(server.base)}, capture_output=True)
    wall = time.perf_counter() - started
    if run.returncode != 0:
        raise SystemExit(f"{tracker.name}: {run.stderr.decode(errors='replace')}")
    found = json.loads(run.stdout)
    if len(found["items"]) != ITEMS or not found["complete"]:
        raise SystemExit(f"{tracker.name}: {len(found['items'])} items, complete is {found['complete']}")
    return wall


def rows(binary, clean, times):
    """One row each: what, and how many times the floor it took, the best of some runs. The first run makes the answers."""
    for tracker in TRACKERS:
        server = serve(tracker)
        wall = min([search(binary, server, clean) for _ in range(times + 1)][1:])
        server.shutdown()
        floor = tracker.rounds * DELAY
        yield f"{ITEMS} items from {tracker.name}, floor {floor * 1000:.0f} ms", wall / floor
