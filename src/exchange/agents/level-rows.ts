import type { Powers } from '../clients/powers.ts'
import { isFull } from '../clients/sandbox.ts'
import type { FieldRow } from '../contract/format.ts'

/** Rows of clients whose agents have one of two levels instead of tools. */
export const LEVEL_ROWS = {
  filesystem: { field: 'permissions.filesystem', outcome: 'mapped', reason: 'the level of the sandbox' },
  reads: {
    field: 'permissions.filesystem',
    outcome: 'approximated',
    reason: 'the client has no level without reading',
    limits: true,
  },
  lessFilesystem: {
    field: 'permissions.filesystem',
    outcome: 'approximated',
    reason: 'reading alone: the level that writes runs commands too',
    limits: true,
  },
  shell: { field: 'permissions.shell', outcome: 'mapped', reason: 'the level of the sandbox' },
  lessShell: {
    field: 'permissions.shell',
    outcome: 'approximated',
    reason: 'no commands: the level that runs them writes too',
    limits: true,
  },
} as const satisfies Record<string, FieldRow>

/** The rows for some powers. */
export function levelRows(powers: Powers): { filesystem: FieldRow; shell: FieldRow } {
  const full = isFull(powers)
  const { filesystem, shell } = powers
  return {
    filesystem:
      filesystem === 'none'
        ? LEVEL_ROWS.reads
        : full || filesystem === 'read'
          ? LEVEL_ROWS.filesystem
          : LEVEL_ROWS.lessFilesystem,
    shell: full || !shell ? LEVEL_ROWS.shell : LEVEL_ROWS.lessShell,
  }
}
