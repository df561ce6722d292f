import type { Powers } from './powers.ts'

/**
 * Clients whose agents have a level instead of tools. Both levels let an agent read; the higher one lets it write and
 * run commands, so it is written for an agent that may do both.
 */
export type LevelClient = 'codex' | 'cursor'

/** What an agent of such a client may do in any case: there is no level without reading. */
export const FLOOR: Powers = { filesystem: 'read', shell: false, hosts: [] }

/** The higher level: an agent that may write and run commands. */
export function isFull({ filesystem, shell }: Powers): boolean {
  return filesystem === 'write' && shell
}

/** The powers of a level. */
export function levelPowers(full: boolean, web: boolean): Powers {
  return { filesystem: full ? 'write' : 'read', shell: full, hosts: web ? ['*'] : [] }
}
