import { type Caller, PUBLISHER } from '../harness/database.ts'

export const CALLERS = {
  anon: { role: 'anon' },
  user: { role: 'authenticated', claims: { role: 'authenticated', app_metadata: { nofx_role: 'reader' } } },
  publisher: PUBLISHER,
  service: { role: 'service_role' },
} satisfies Record<string, Caller>

export type Name = keyof typeof CALLERS

/** Who may select anything from a table; nobody may do more. */
export const TABLES: Record<string, Name[]> = {
  agent_registry: ['anon', 'user', 'publisher', 'service'],
  registry_counter: ['anon', 'user', 'publisher', 'service'],
  registry_events: ['anon', 'user', 'publisher', 'service'],
  registry_heads: ['anon', 'user', 'publisher', 'service'],
  registry_kinds: ['anon', 'user', 'publisher', 'service'],
  registry_policies: ['user', 'publisher', 'service'],
  registry_releases: ['user', 'publisher', 'service'],
  registry_revisions: ['anon', 'user', 'publisher', 'service'],
  registry_staged: ['service'],
  registry_used_tokens: ['service'],
  registry_validation_reports: ['user', 'publisher', 'service'],
  template_instantiations: ['user', 'publisher', 'service'],
  template_registry: ['anon', 'user', 'publisher', 'service'],
}

/** Columns that only the service role may read. */
export const PRIVATE: Record<string, string[]> = {
  agent_registry: ['draft_version', 'latest_version', 'latest_digest', 'commit_sha', 'commit_rank', 'hold'],
  registry_heads: ['draft_version', 'latest_version', 'latest_digest', 'commit_sha', 'commit_rank', 'hold'],
  registry_revisions: ['actor', 'reason', 'commit_ref', 'dirty'],
  template_registry: [
    'draft_version',
    'latest_version',
    'latest_digest',
    'commit_sha',
    'commit_rank',
    'hold',
  ],
}

/** Who may execute a function. */
export const FUNCTIONS: Record<string, Name[]> = {
  registry_append_copies: [],
  registry_append_staged: [],
  registry_begin: [],
  registry_broken_dependents: [],
  registry_broken_references: [],
  registry_check_bundles: [],
  registry_check_decided: [],
  registry_check_dependents: [],
  registry_check_locks: [],
  registry_check_published: [],
  registry_check_references: [],
  registry_check_staged: [],
  registry_claim_token: ['service'],
  registry_commit: ['service'],
  registry_decide: [],
  registry_expect_head: [],
  registry_find_release: [],
  registry_finish: [],
  registry_heads_json: ['user', 'publisher', 'service'],
  registry_insert_heads: [],
  registry_instantiate: ['service'],
  registry_is_publisher: ['anon', 'user', 'publisher', 'service'],
  registry_list: ['anon', 'user', 'publisher', 'service'],
  registry_move_heads: [],
  registry_move_templates: [],
  registry_plan_release_undo: [],
  registry_plan_rollback: [],
  registry_plan_undo: [],
  registry_promote: ['service'],
  registry_refuse: [],
  registry_refuse_change: [],
  registry_report: ['service'],
  registry_rollback: ['service'],
  registry_stage: ['service'],
  registry_stored_bundles: ['service'],
  registry_sweep: ['service'],
  registry_take_back: [],
  registry_undelete: ['service'],
  registry_version_allowed: [],
  registry_version_key: [],
  registry_write_events: [],
}
