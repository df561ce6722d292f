/** A top-level folder (or file) of the sources: its contents, and the folders that its files may import. */
export interface Room {
  /** A folder with a slash at its end, or a file. */
  path: string
  lives: string
  mayImport: readonly string[]
}

const KINDS = ['agents', 'servers', 'skills', 'templates'].map((kind) => `src/plugins/${kind}/kind.ts`)

/** The rooms with sources in them. A file belongs to the first room that fits its path. */
export const ROOMS: readonly Room[] = [
  {
    path: 'src/commands/',
    lives: 'the commands, one in each file: parse, call, present; the path is the name of the command',
    mayImport: [
      'src/contract/',
      'src/core/',
      'src/import/',
      'src/exchange/',
      'src/export/',
      'src/cli/',
      'src/cloud/',
      'src/dev/',
      'src/worker/',
      'src/plugins/',
      'src/api/environment-api.ts',
      'src/mcp/serve-stdio.ts',
    ],
  },
  {
    path: 'src/cli/',
    lives: 'the parts that commands share: the base command (with the only catch), flags, output, progress',
    mayImport: [
      'src/contract/',
      'src/core/',
      'src/exchange/contract/format.ts',
      'src/cloud/open-registry.ts',
      'src/cloud/hosted/hosted-config.ts',
    ],
  },
  {
    path: 'src/contract/',
    lives:
      'the code that clients and edge functions share: kinds, findings, failures, digests; also runs under Deno',
    mayImport: [],
  },
  {
    path: 'src/core/',
    lives:
      'the verbs (instantiate, promote, pull, rollback, withdraw), and a folder for each step of a publish',
    mayImport: ['src/contract/'],
  },
  {
    path: 'src/import/',
    lives: 'the import of definitions in other formats: `nofx import`',
    mayImport: [
      'src/contract/',
      'src/core/',
      'src/exchange/clients/',
      'src/exchange/contract/',
      'src/exchange/texts/',
      'src/plugins/agents/manifest/prompt-variables.ts',
      'src/plugins/servers/manifest/own-values.ts',
    ],
  },
  {
    path: 'src/exchange/',
    lives: 'formats of other programs, without side effects: what each writes of a definition, and loses',
    mayImport: [
      'src/contract/',
      'src/plugins/agents/manifest/',
      'src/plugins/agents/server-entry.ts',
      'src/plugins/servers/manifest/',
      'src/plugins/servers/rules/check.ts',
      'src/plugins/skills/manifest/',
      'src/plugins/templates/manifest/',
    ],
  },
  {
    path: 'src/export/',
    lives: 'the export of definitions to a folder: `nofx export`',
    mayImport: ['src/contract/', 'src/core/', 'src/exchange/'],
  },
  {
    path: 'src/plugins/agents/',
    lives: 'the kind `agents`: manifest, rules, risks',
    mayImport: ['src/contract/', 'src/plugins/servers/manifest/'],
  },
  {
    path: 'src/plugins/servers/',
    lives: 'the kind `servers`: server.json of every date, rules, risks',
    mayImport: ['src/contract/', 'src/plugins/agents/rules/', 'src/plugins/agents/risks/shown-command.ts'],
  },
  {
    path: 'src/plugins/skills/',
    lives: 'the kind `skills`: front matter, rules, risks',
    mayImport: ['src/contract/'],
  },
  {
    path: 'src/plugins/templates/',
    lives: 'the kind `templates`: manifest, rules, risks, and plans made from a template',
    mayImport: ['src/contract/'],
  },
  {
    path: 'src/cloud/',
    lives: 'access to a registry: embedded in the process, or hosted',
    mayImport: ['src/contract/', 'src/core/', 'src/edge/'],
  },
  {
    path: 'src/edge/',
    lives:
      'the edge functions: the caller, its rights, and the call of one SQL function; also runs under Deno',
    mayImport: ['src/contract/'],
  },
  {
    path: 'src/api/',
    lives: 'the HTTP API: routes are data, from which the app and the OpenAPI document are made',
    mayImport: [
      'src/contract/',
      'src/core/',
      'src/cloud/',
      'src/edge/',
      'src/mcp/serve-http.ts',
      'src/exchange/contract/format.ts',
      'src/exchange/plugins/',
      'src/plugins/servers/manifest/name.ts',
      'src/plugins/servers/manifest/own-values.ts',
      ...KINDS,
    ],
  },
  {
    path: 'src/mcp/',
    lives: 'the registry as an MCP server: its tools, resources and prompts are requests to the HTTP API',
    mayImport: [
      'src/contract/',
      'src/core/tree/archive.ts',
      'src/api/reads/',
      'src/api/move-definition.ts',
      'src/worker/prompts.ts',
    ],
  },
  {
    path: 'src/worker/',
    lives: 'the library `nofx/worker`, and `nofx worker run`',
    mayImport: [
      'src/contract/',
      'src/plugins/agents/manifest/aliases.ts',
      'src/plugins/agents/manifest/prompt-variables.ts',
      'src/plugins/agents/manifest/mcp-forms.ts',
      'src/plugins/agents/manifest/mcp-schema.ts',
      'src/plugins/agents/rules/url.ts',
      'src/plugins/servers/manifest/normalize.ts',
      'src/plugins/servers/manifest/own-values.ts',
      'src/plugins/templates/manifest/aliases.ts',
      'src/plugins/templates/instantiate/',
      'src/plugins/templates/manifest/schema.ts',
    ],
  },
  {
    path: 'src/dev/',
    lives: '`nofx dev`: the whole cloud on one port',
    mayImport: ['src/contract/', 'src/core/', 'src/cloud/', 'src/edge/', 'src/api/', 'src/worker/runs/'],
  },
  {
    path: 'supabase/functions/',
    lives: 'the Supabase functions: for each kind a call of `src/edge/serve-function.ts`',
    mayImport: [
      'src/contract/',
      'src/edge/serve-deno.ts',
      'src/edge/serve-function.ts',
      'src/edge/forward/forward-function.ts',
      ...KINDS,
    ],
  },
]

/** Every folder inside of a room, with its contents. */
export const FOLDERS: Readonly<Record<string, string>> = {
  'src/contract/check': 'checks of files and texts, for every kind',
  'src/contract/fields': 'fields that several kinds have: id, version, host, license, life cycle',
  'src/contract/manifest': 'the reader of manifests: JSON and YAML with positions, findings of zod',
  'src/contract/protocol':
    'messages between clients and functions: sync, events, webhooks, previews, reports, signatures',
  'src/contract/schemas': 'the evaluation of authors’ JSON Schemas and patterns, within a budget',
  'src/contract/text': 'the search for hidden characters and secrets; suggestions for misspelt names',
  'src/core/cache': 'files of what can be made again, and the stamps of unchanged folders',
  'src/core/comment': 'the comment on a pull request',
  'src/core/diff': 'the comparison of two revisions, by field and by text',
  'src/core/disk': 'atomic writes of files and folders, and the lock of a folder',
  'src/core/formats': 'findings as text, JSON, SARIF, JUnit, Markdown and for GitHub',
  'src/core/git': 'reads from git: commits, objects, the place of the project',
  'src/core/moves': 'what releases changed, and a summary of it for an incident channel',
  'src/core/graph': 'drawings of plans',
  'src/core/init': '`nofx init`: the additions to a project’s files',
  'src/core/lines': 'texts in the columns of a terminal: counted, broken, cut',
  'src/core/preview': 'previews: raise, plan, diff',
  'src/core/publish': 'the steps of a publish: candidates, plan, guard, upload, apply',
  'src/core/reading': 'definitions on disk, read in a thread of its own',
  'src/core/registry': 'the port to the registry, and the types of its data',
  'src/core/tree':
    'the definitions of the working tree or of a commit: project, collect, digests, bundles, selection',
  'src/core/validate': 'checks of a tree, references between definitions, the place of a finding',
  'src/core/verify': '`nofx registry verify`: bundles, rows and heads computed again',
  'src/exchange/agents': 'one file for each agent, as a program keeps it',
  'src/exchange/contract': 'a format, the ledger of a conversion, the rules of exports',
  'src/exchange/clients': 'permissions of NOFX, and the tools and sandboxes of each program',
  'src/exchange/servers': 'MCP servers in the words of each program',
  'src/exchange/mcp': 'files with MCP servers of each program, as definitions',
  'src/exchange/skills': 'skills as the clients keep them',
  'src/exchange/templates': 'templates as commands of Claude Code',
  'src/exchange/plugins': 'plugins and marketplaces of several definitions',
  'src/exchange/texts': 'front matter and TOML',
  'src/import/again':
    'an import on top of an earlier one: merges the source, local edits and the earlier result',
  'src/import/claude-agents': 'subagents of Claude Code',
  'src/import/claude-templates': 'commands of Claude Code',
  'src/import/other-agents': 'agents of Codex, Copilot, Cursor and Gemini CLI',
  'src/import/skills': 'Agent Skills, each a folder with all its files',
  'src/import/sources': 'the search for files of other formats, and their parser',
  'src/plugins/agents/manifest': 'the schema of an agent, and older spellings',
  'src/plugins/agents/rules':
    'the rules for agents; their ids are in `src/plugins/agents/rules/catalogue.ts`',
  'src/plugins/agents/risks': 'the risks of a change of an agent',
  'src/plugins/skills/manifest': 'the schema of a skill’s front matter, and the values of NOFX in it',
  'src/plugins/skills/rules':
    'the rules for skills; their ids are in `src/plugins/skills/rules/catalogue.ts`',
  'src/plugins/skills/risks': 'the risks of a change of a skill',
  'src/plugins/servers/manifest': 'the schema of a server, older forms, and where NOFX’s own values are',
  'src/plugins/servers/rules':
    'the rules for servers; their ids are in `src/plugins/servers/rules/catalogue.ts`',
  'src/plugins/servers/risks': 'the risks of a change of a server',
  'src/plugins/templates/manifest': 'the schema of a template, and older spellings',
  'src/plugins/templates/rules':
    'the rules for templates; their ids are in `src/plugins/templates/rules/catalogue.ts`',
  'src/plugins/templates/risks': 'the risks of a change of a template',
  'src/plugins/templates/instantiate': 'the plan from a template and its parameters',
  'src/cloud/registry': 'the port of `src/core/registry`, implemented with supabase-js',
  'src/cloud/hosted': 'credentials, identities of CI jobs, retries, the parts of a project, the deploy hook',
  'src/cloud/sign-in': 'the sign-in of a user, and where it is kept',
  'src/cloud/embedded': 'the embedded cloud',
  'src/cloud/embedded/database': 'PGlite or PostgreSQL, and their migrations',
  'src/cloud/embedded/postgres': 'the client of a PostgreSQL server',
  'src/cloud/embedded/storage': 'the storage interface',
  'src/cloud/embedded/realtime': 'the Realtime interface',
  'src/dev/console': 'the links that sign a browser in at the console',
  'src/dev/watch': 'watches for changes of definitions and code, and of the console, which is built again',
  'src/edge/auth': 'the caller (a secret key, a publisher or a CI job) and its rights',
  'src/edge/forward': 'webhooks: signs and sends due messages',
  'src/edge/gateway': 'reads and uploads for CI jobs without a key',
  'src/edge/handlers': 'sync, previews, reports, withdrawal',
  'src/edge/http': 'requests, answers, refusals, and calls of SQL functions',
  'src/api/discovery': 'what clients of other protocols fetch, one folder for each protocol',
  'src/api/discovery/agent-skills': 'the index of skills, and their archives',
  'src/api/discovery/claude-marketplace': 'the marketplace of Claude Code, and its plugins',
  'src/api/discovery/mcp-registry': 'the MCP Registry API',
  'src/api/events': 'event streams, and deliveries that purge caches',
  'src/api/functions': 'what Vercel runs: the routes of each function, and the middleware',
  'src/api/http': 'parameters, preconditions, cursors, limits, problems',
  'src/api/reads': 'lists, revisions and descriptions, read from the registry',
  'src/api/routes': 'the routes, one in each file; moves, sessions and operations have folders',
  'src/api/routes/mcp': 'the door of the MCP server, and how its clients sign in',
  'src/api/routes/moves': 'the routes that move what is live',
  'src/api/routes/operations': 'the routes about previews, reports, webhooks, plans that were made, and runs',
  'src/api/routes/session': 'the routes that sign a browser in and out',
  'src/api/session': 'who is signed in at the console: cookies, codes, and the sessions of Supabase Auth',
  'src/api/unchanged': 'the newest event, and the answers that are given again until there is a newer one',
  'src/mcp/registry': 'what the MCP server asks of the API, its answers, URIs and cursors',
  'src/mcp/skills': 'live skills as the extension of the protocol for Agent Skills has them',
  'src/mcp/tools': 'the tools, each as data: what it takes, what it answers, which request it sends',
  'src/cli/definition': 'the definition and the version that a command names',
  'src/cli/failures': 'errors of every kind as failures, and hints about the words of a command',
  'src/cli/completion': 'shell completion',
  'src/cli/init': '`nofx init`: its questions, and its plan as text',
  'src/cli/json': 'the shapes of what commands print with `--json`; a command loads no file of it',
  'src/cli/plugins': 'kinds of plugins: found in the project, and named in the errors that they cause',
  'src/cli/present': 'plans, tables and reports for people',
  'src/cli/quick':
    'answers of a small file, without oclif: version, help, completion, and a check that finds nothing',
  'src/cli/terminal': 'the terminal: its size, its pager, signs of progress, and the help',
  'src/cli/updates': 'the search for a newer release, and the line about it',
  'src/worker/cache': 'copies of definitions on disk',
  'src/worker/connection': 'the options of a connection, and reading the registry',
  'src/worker/definitions': 'definitions in memory, read again after events',
  'src/worker/feed': 'the feed, read from a cursor',
  'src/worker/mcp': 'the bridge between an agent and its MCP servers',
  'src/worker/run': 'the execution of a plan: schedule, journal, processes',
  'src/worker/runs': 'runs as others see them, read from their files',
}

/** Top-level folders whose imports are not restricted. */
export const OTHER_ROOMS: Readonly<Record<string, string>> = {
  'bin/': 'the program `nofx`: `bin/run.js`, and `bin/dev.js`, which builds first',
  'api/': 'the Vercel functions: each file names its line in `src/api/functions/functions.ts`',
  'middleware.js': 'the paths before which Vercel runs `src/api/functions/middleware.ts`',
  'console/':
    'the web console: `pages/`, their `parts/`, `data/` from the API, and `model/`, which knows no browser',
  'supabase/schemas/':
    'the database: each table, function and policy once, one file for each topic, in the order of `scripts/migration/schemas.mjs`',
  'supabase/migrations/': 'the migrations of databases: written by `npm run migration`, never edited',
  'packages/shared/': 'sample definitions',
  'examples/': 'CI configurations to copy, and a worker',
  'test/':
    'tests, at the path of the tested folder of `src/`; tests across folders are in `test/cli/`, `test/cloud/`, `test/integration/` and `test/sql/`',
  'test/harness/':
    'databases, proxies and projects for all tests; helpers of one folder are in its `support/`',
  'test/fire/':
    'fault injection: kills processes, cuts connections and damages files; one scenario in each file, run by `npm run fire` and `npm test`',
  'bench/': 'measurements',
  'scripts/': 'the build and the other `npm run` commands',
  'docs/': 'pages for users; `docs/decisions/` has the reasons for the design',
}
