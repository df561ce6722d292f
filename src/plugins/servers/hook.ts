import type { Kind } from '../../contract/kind.ts'
import { servers } from './kind.ts'

/** The oclif hook `kinds` of this plugin: returns the registry kinds that it adds. */
export default async function kinds(): Promise<Kind[]> {
  return [servers]
}
