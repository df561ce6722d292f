import type { Finding } from '../diagnostic.ts'
import type { Definition, Kind, Workspace } from '../kind.ts'
import type { Source } from './source.ts'

/** What checking one folder gives: findings, and the definition when its manifest could be read and has its shape. */
export interface Checked {
  findings: Finding[]
  definition?: Definition
}

/** Checks one definition with every rule there is. Never throws on content. */
export function checkDefinition(_source: Source, _kind: Kind, _workspace: Workspace): Checked {
  return { findings: [] }
}
