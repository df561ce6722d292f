import type { FieldRow } from '../contract/format.ts'

/** What becomes of the parts of an entry of the MCP Registry. */
export const ENTRY_ROWS = {
  lifted: {
    field: '*',
    outcome: 'mapped',
    reason: 'the same field, as it is written in the form of 2025-12-11',
  },
  guessed: {
    field: 'packages.transport',
    outcome: 'approximated',
    reason: 'a package without a transport talks over stdio, as most do',
  },
  registry: {
    field: 'id, version_detail',
    outcome: 'dropped',
    reason: 'the registry that lists a server sets it',
  },
  unknown: {
    field: 'packages.unknown',
    outcome: 'dropped',
    reason: 'nothing says where a package of the registry "unknown" comes from',
  },
  empty: { field: 'packages.version', outcome: 'dropped', reason: 'it is empty' },
  cut: {
    field: 'description',
    outcome: 'approximated',
    reason: 'at most 100 characters; the whole text is kept',
  },
  untold: { field: 'description', outcome: 'approximated', reason: 'it is empty: the name takes its place' },
  version: {
    field: 'version',
    outcome: 'approximated',
    reason: 'made an exact version (semver); the text is kept',
  },
  option: {
    field: 'packages.packageArguments.name',
    outcome: 'approximated',
    reason: 'an option and its value in one text are two fields',
  },
  remote: { field: 'remotes', outcome: 'kept', reason: 'its transport is not one of MCP over HTTP' },
  kept: { field: '*', outcome: 'kept', reason: 'a field that the form does not have' },
  secret: {
    field: 'packages.packageArguments.value',
    outcome: 'dropped',
    reason: 'the value of a secret: the user of the server gives it',
  },
  draft: {
    field: 'status',
    outcome: 'approximated',
    reason: 'a draft, because a rule refuses what the entry says',
    limits: true,
  },
} as const satisfies Record<string, FieldRow>

/** What an import does with the fields of an entry. */
export const SERVER_READ_ROWS: readonly FieldRow[] = Object.values(ENTRY_ROWS)
