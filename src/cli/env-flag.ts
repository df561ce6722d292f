import * as Flags from '@oclif/core/flags'
import { Failure } from '../contract/failure.ts'
import { NAME_HINT, PREVIEW_NAME } from '../contract/protocol/preview.ts'

/** The flag of commands that read or change the registry; the base command opens the registry in that preview. */
export const env = Flags.string({
  description: 'in this preview instead of in production',
  helpValue: 'NAME',
})

/** @throws Failure USAGE for an invalid preview name */
export function requirePreviewName(text: string): string {
  if (PREVIEW_NAME.test(text)) return text
  throw new Failure('USAGE', `"${text}" is not a valid preview name`, `use ${NAME_HINT}`)
}
