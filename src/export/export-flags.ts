import { Failure } from '../contract/failure.ts'
import type { ExchangeFormat, FormatFlag } from '../exchange/contract/format.ts'

const WORDS: Readonly<Record<FormatFlag, string>> = {
  bundle: '--bundle',
  baseUrl: '--base-url',
  with: '--with',
}
/** The name of a plugin or a marketplace, as every client takes it. */
const NAME = /^[a-z0-9]+(?:-[a-z0-9]+)*$/
const MAX_NAME = 64

type FlagValues = Partial<Record<FormatFlag, unknown>> & { format: ExchangeFormat }

/**
 * Refuses options that a format does not have, and values that its clients would refuse.
 * @throws Failure USAGE
 */
export function requireFlags({ format, ...values }: FlagValues): void {
  for (const flag of Object.keys(WORDS) as FormatFlag[])
    if (values[flag] !== undefined && !format.flags?.includes(flag))
      throw new Failure('USAGE', `${format.id} has no option ${WORDS[flag]}`, `leave out ${WORDS[flag]}`)
  const { bundle, baseUrl } = values
  if (bundle !== undefined && (!NAME.test(String(bundle)) || String(bundle).length > MAX_NAME))
    throw new Failure(
      'USAGE',
      `--bundle ${JSON.stringify(String(bundle).slice(0, 80))} is not a name for a plugin`,
      'use at most 64 lower-case letters and digits, joined by hyphens, such as acme-tools',
    )
  if (baseUrl !== undefined && !isHttps(String(baseUrl)))
    throw new Failure(
      'USAGE',
      `--base-url ${JSON.stringify(String(baseUrl).slice(0, 80))} is not an https address without a query`,
      'write one such as https://registry.example.com/plugins',
    )
}

function isHttps(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { protocol, search, hash, username, password } = new URL(text)
  return protocol === 'https:' && `${search}${hash}${username}${password}` === ''
}
