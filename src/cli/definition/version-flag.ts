import * as Flags from '@oclif/core/flags'
import { Failure } from '../../contract/failure.ts'
import { MAX_VERSION } from '../../contract/lengths.ts'

/** A flag that names a version, as `3` or `v3`. */
export const versionFlag = Flags.custom<number>({
  helpValue: 'v3',
  parse: async (text) => parseVersion(text),
})

/** @throws Failure USAGE for text that is not a version */
export function parseVersion(text: string): number {
  const [, digits] = /^v?0*([1-9][0-9]{0,9})$/i.exec(text.trim()) ?? []
  const version = Number(digits)
  if (version <= MAX_VERSION) return version
  throw new Failure('USAGE', `"${text.slice(0, 80)}" is not a version`, 'write it as 3 or v3')
}
