/** A room of the house: what lives there, and which others its files may import beside their own. */
export interface Room {
  /** A folder with a slash at its end, or a file. */
  path: string
  lives: string
  mayImport: readonly string[]
}

const KINDS = ['src/plugins/agents/kind.ts', 'src/plugins/templates/kind.ts']

/** The rooms with sources in them. The first one that fits a file is its room. */
export const ROOMS: readonly Room[] = [
  {
    path: 'src/commands/',
    lives: 'the commands, one a file: parse, call, present; the path is the name of the command',
    mayImport: [
      'src/contract/',
      'src/core/',
      'src/import/',
      'src/cli/',
      'src/cloud/',
      'src/dev/',
      'src/worker/',
      'src/plugins/',
    ],
  },
  {
    path: 'src/cli/',
    lives: 'what commands share: the base command (the only catch), flags, output, progress',
    mayImport: ['src/contract/', 'src/core/', 'src/cloud/open-registry.ts'],
  },
  {
    path: 'src/contract/',
    lives:
      'what both sides of the wire share: what a kind is, findings, failures, digests; runs under Deno too',
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
    lives: 'definitions kept in other formats: `nofx import`',
    mayImport: ['src/contract/', 'src/core/', 'src/plugins/agents/manifest/prompt-variables.ts'],
  },
  {
    path: 'src/plugins/agents/',
    lives: 'the kind `agents`: manifest, rules, risks',
    mayImport: ['src/contract/'],
  },
  {
    path: 'src/plugins/templates/',
    lives: 'the kind `templates`: manifest, rules, risks, and the plan that is made of a template',
    mayImport: ['src/contract/'],
  },
  {
    path: 'src/cloud/',
    lives: 'the registry as clients see it: embedded in the process or hosted',
    mayImport: ['src/contract/', 'src/core/', 'src/edge/'],
  },
  {
    path: 'src/edge/',
    lives:
      'the edge functions: who asks, what the caller may do, and the call of one SQL function; runs under Deno too',
    mayImport: ['src/contract/'],
  },
  {
    path: 'src/api/',
    lives: 'the HTTP API: routes are data that the app serves and the OpenAPI document describes',
    mayImport: ['src/contract/', 'src/core/', 'src/cloud/', 'src/edge/', ...KINDS],
  },
  {
    path: 'src/worker/',
    lives: 'the library `nofx/worker`, and `nofx worker run`',
    mayImport: [
      'src/contract/',
      'src/plugins/agents/manifest/aliases.ts',
      'src/plugins/agents/manifest/prompt-variables.ts',
      'src/plugins/agents/manifest/mcp-schema.ts',
      'src/plugins/agents/rules/url.ts',
      'src/plugins/templates/manifest/aliases.ts',
      'src/plugins/templates/instantiate/',
      'src/plugins/templates/manifest/schema.ts',
    ],
  },
  {
    path: 'src/dev/',
    lives: '`nofx dev`: the whole cloud on one port',
    mayImport: ['src/contract/', 'src/core/', 'src/cloud/', 'src/edge/', 'src/api/'],
  },
  {
    path: 'api/',
    lives: 'what Vercel builds: a few lines a file over `src/api/entry.ts`',
    mayImport: ['src/api/'],
  },
  {
    path: 'middleware.ts',
    lives: 'what Vercel runs before every function',
    mayImport: ['src/api/', 'src/edge/'],
  },
  {
    path: 'supabase/functions/',
    lives: 'what Supabase deploys: an entry a kind over `src/edge/registry-function.ts`',
    mayImport: [
      'src/contract/kind.ts',
      'src/edge/registry-function.ts',
      'src/edge/forward/forward-function.ts',
      ...KINDS,
    ],
  },
]

/** Every folder below `src/` that has a room to share, with what is looked for there. */
export const FOLDERS: Readonly<Record<string, string>> = {
  'src/contract/check': 'the checks of files and texts that hold for every kind',
  'src/contract/fields': 'the fields that several kinds have: id, version, host, license, life cycle',
  'src/contract/manifest': 'reading a manifest: JSON and YAML with positions, findings of zod',
  'src/contract/protocol': 'what goes over the wire: sync, events, webhooks, previews, reports, signatures',
  'src/contract/schemas': 'JSON Schemas and patterns that a definition brings, evaluated within a budget',
  'src/contract/text': 'hidden characters, secrets, the nearest name',
  'src/core/comment': "the pull request's comment",
  'src/core/diff': 'two revisions compared, by field and by text',
  'src/core/disk': 'files written whole or not at all, and the lock of a folder',
  'src/core/formats': 'findings as text, JSON, SARIF, JUnit, Markdown and for GitHub',
  'src/core/git': 'what git holds: commits, objects, places',
  'src/core/graph': 'plans as graphs',
  'src/core/preview': 'a branch beside production: raise, plan, diff',
  'src/core/publish': 'candidates, plan, guard, apply, upload',
  'src/core/registry': 'the port to the registry, and the types of what it holds',
  'src/core/tree': 'the working tree or a commit: project, collect, digests, bundles, selection',
  'src/core/validate': 'checks of a tree, references between definitions, the place of a finding',
  'src/core/verify': 'what is stored, hashed and checked again',
  'src/import/again': 'an import over an earlier one: source, edit and what the earlier one wrote',
  'src/import/claude-agents': 'subagents of Claude Code',
  'src/import/claude-templates': 'commands of Claude Code',
  'src/import/sources': 'files of other formats: found, read, taken apart',
  'src/plugins/agents/manifest': 'the schema of an agent and its readings',
  'src/plugins/agents/rules':
    'the rules for agents; their ids are in `src/plugins/agents/rules/catalogue.ts`',
  'src/plugins/agents/risks': 'what a change of an agent risks',
  'src/plugins/templates/manifest': 'the schema of a template and its readings',
  'src/plugins/templates/rules':
    'the rules for templates; their ids are in `src/plugins/templates/rules/catalogue.ts`',
  'src/plugins/templates/risks': 'what a change of a template risks',
  'src/plugins/templates/instantiate': 'a plan made of a template and its parameters',
  'src/cloud/registry': 'the port of `src/core/registry` over supabase-js',
  'src/cloud/hosted': 'keys, identities of CI jobs, retries, the deploy hook',
  'src/cloud/embedded': 'the local cloud',
  'src/cloud/embedded/database': 'PGlite or PostgreSQL, and their migrations',
  'src/cloud/embedded/postgres': 'the client of a PostgreSQL server',
  'src/cloud/embedded/storage': 'the storage interface',
  'src/cloud/embedded/realtime': 'the Realtime interface',
  'src/edge/auth': 'who asks: a secret key, a publisher, a CI job; and what that caller may do',
  'src/edge/forward': 'webhooks: due messages signed and sent',
  'src/edge/gateway': 'reads that are passed on for callers without a key',
  'src/edge/handlers': 'sync, previews, reports, withdrawal',
  'src/edge/http': 'a request read, an answer or a refusal written, a SQL function called',
  'src/api/events': 'streams of events, and deliveries that purge caches',
  'src/api/http': 'parameters, preconditions, cursors, limits, problems',
  'src/api/reads': 'lists, revisions and descriptions, read from the registry',
  'src/api/routes': 'the routes, one a file',
  'src/cli/completion': 'the completion of shells',
  'src/cli/present': 'plans, tables and reports for people',
  'src/worker/cache': 'definitions kept on disk',
  'src/worker/connection': 'the options of a connection, and reading the registry',
  'src/worker/definitions': 'definitions kept current',
  'src/worker/feed': 'changes followed from a cursor',
  'src/worker/mcp': 'what stands between an agent and its MCP servers',
  'src/worker/run': 'the execution of a plan: schedule, journal, processes',
}

/** Rooms that no import leads out of. */
export const OTHER_ROOMS: Readonly<Record<string, string>> = {
  'bin/': 'what `nofx` starts: `bin/run.js`; `bin/dev.js` builds first',
  'supabase/schemas/':
    'the database as it is: each table, function and policy once, one file a topic, in the order of `scripts/migration/schemas.mjs`',
  'supabase/migrations/': 'what databases are made by: written by `npm run migration`, never edited',
  'packages/shared/': 'sample definitions',
  'examples/': 'CI configurations to copy',
  'test/':
    'the tests of a folder of `src/` at the same path; what crosses folders is in `test/cli/`, `test/cloud/`, `test/integration/` and `test/sql/`',
  'test/harness/':
    'databases, proxies and projects for tests of every folder; what one folder needs is in its `support/`',
  'test/fire/':
    'processes killed, connections cut, files damaged: a scenario a file, run by `npm run fire` and `npm test`',
  'bench/': 'measurements',
  'scripts/': 'the build and the other `npm run` commands',
  'docs/': 'pages for users; `docs/decisions/` says why things are as they are',
}
