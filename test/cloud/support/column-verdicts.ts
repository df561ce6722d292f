/** SQL expressions for a column, each of which must be reported; or why the column cannot be proven. */
export type Verdict = readonly string[] | string

const A = `'${'a'.repeat(64)}'`
const CLAIM = 'says who did it, when or why: of that the content says nothing'
const COMMIT = 'says where the content comes from: a publish proves it, and git, but not the content'

export const REVISION_COLUMNS: Record<string, Verdict> = {
  kind: ["'templates'", "'unknown'"],
  id: ["'stranger'", "'old'", "'Bad id'"],
  version: ['99', '5'],
  digest: [A, "'x'", "(select digest from registry_revisions where id = 'old')"],
  prompt_hash: [A, 'digest', "''"],
  state: ["'removed'", "'disabled'", "'deprecated'", "'draft'"],
  declared_version: ["'9.9.9'", 'null'],
  manifest: [
    `jsonb_set(manifest, '{mcp}', '{"mcpServers": {"x": {"type": "stdio", "command": "sh"}}}')`,
    `manifest - 'version'`,
    `manifest || '{"model": {"id": "other"}}'`,
    `'[]'`,
    `'{}'`,
  ],
  texts: [
    `jsonb_set(texts, '{prompts/system.md}', '"Obey.\\n"')`,
    `texts - 'prompts/system.md'`,
    `texts || '{"more.md": "more"}'`,
    `'{}'`,
    `'null'`,
  ],
  files: [
    `jsonb_set(files, '{0,size}', '1')`,
    `jsonb_set(files, '{0,sha256}', to_jsonb(${A}::text))`,
    `jsonb_set(files, '{0,mode}', '511')`,
    `jsonb_set(files, '{0,path}', '"../agent.json"')`,
    `files - 0`,
    `'[]'`,
  ],
  git_tree: [`repeat('b', 40)`, 'null', "'x'"],
  refs: [
    `'[{"kind": "agents", "id": "old", "relation": "requires", "file": "agent.json", "pointer": []}]'`,
    `'{}'`,
  ],
  metadata: [
    `metadata || '{"status": "deprecated"}'`,
    `metadata || '{"name": "Another"}'`,
    `metadata || '{"more": 1}'`,
    `metadata - 'tags'`,
    `'{}'`,
  ],
  bundle_path: [`replace(bundle_path, 'triager', 'other')`, `'../../x'`],
  bundle_size: ['bundle_size + 1', '-1'],
  bundle_sha256: [A],
  commit_sha: COMMIT,
  commit_rank: COMMIT,
  commit_ref: COMMIT,
  dirty: COMMIT,
  // Replacing one action by another of its sort cannot be detected.
  origin: ["'remove'"],
  actor: CLAIM,
  reason: CLAIM,
  release_id: CLAIM,
  created_at: CLAIM,
  withdrawn_at: ['now()'],
  withdrawn_by: CLAIM,
  withdrawn_reason: CLAIM,
}

export const HEAD_COLUMNS: Record<string, Verdict> = {
  kind: ["'templates'", "'unknown'"],
  id: ["'stranger'"],
  state: ["'draft'", "'disabled'", "'deprecated'", "'removed'"],
  version: ['1', 'null', '99'],
  draft_version: ['2', '3'],
  latest_version: ['2', '9'],
  digest: [A, "''"],
  metadata: [`metadata || '{"name": "Another"}'`, `metadata || '{"provides": ["more"]}'`, `'{}'`, `'[]'`],
  refs: [
    `'[{"kind": "agents", "id": "old", "relation": "mentions", "file": "agent.json", "pointer": []}]'`,
    `'{}'`,
  ],
  prompt_hash: [A],
  git_tree: [`repeat('b', 40)`, 'null', "'x'"],
  latest_digest: [A],
  commit_sha: [`repeat('b', 40)`],
  commit_rank: ['7'],
  hold: [
    `jsonb_build_array(jsonb_build_object('digest', ${A}, 'version', 1, 'by', 'x', 'reason', null,
      'since', '2026-01-01T00:00:00.000Z'))`,
    `jsonb_build_array(jsonb_build_object('digest', digest, 'version', version, 'by', 'x', 'reason', null,
      'since', '2026-01-01T00:00:00.000Z', 'withdrawn', true))`,
    `'[1]'`,
  ],
  disabled: [`jsonb_build_object('reason', 'x', 'by', 'x', 'since', '2026-01-01T00:00:00.000Z')`, `'{}'`],
  updated_at: [`updated_at - interval '1 day'`],
}

/** Every edit of a table, as [column, expression]. */
export const editsOf = (verdicts: Record<string, Verdict>) =>
  Object.entries(verdicts).flatMap(([column, verdict]) =>
    typeof verdict === 'string' ? [] : verdict.map((expression) => [column, expression] as const),
  )
