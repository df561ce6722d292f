import type { Finding } from '../../../contract/diagnostic.ts'
import { dotted } from '../../../contract/fields/shown.ts'
import { readServerUrl, shownUrl } from '../../agents/rules/url.ts'
import type { ServerRemote } from '../manifest/schema.ts'
import { makeFinding } from './catalogue.ts'
import { checkInput, checkInputs } from './inputs.ts'
import type { RulePlace } from './place.ts'

/** Checks one remote: its transport, its URL with the variables, and its headers. */
export function checkRemote(remote: ServerRemote, place: RulePlace, findings: Finding[]): void {
  const { file, at, draft } = place
  noteSse(remote.type, place, findings)
  const { problems, variables } = readServerUrl(remote.url, draft)
  for (const { rule, detail, hint } of problems)
    findings.push(urlFinding(rule, remote.url, place, detail, hint))
  const declared = remote.variables ?? {}
  for (const name of new Set(variables))
    if (!Object.hasOwn(declared, name))
      findings.push(
        urlFinding(
          'NOFX_MCP_URL_VARIABLE',
          remote.url,
          place,
          `uses {${name}}, which is not declared`,
          `add "${name}" to ${dotted([...at, 'variables'])}`,
        ),
      )
  for (const [name, input] of Object.entries(declared)) {
    const pointer = [...at, 'variables', name]
    checkInput(input, { ...place, at: pointer }, findings)
    if (!variables.includes(name))
      findings.push(
        makeFinding(
          'NOFX_MCP_URL_VARIABLE_UNUSED',
          { file, pointer, key: true },
          `${dotted(pointer)} is not used in the url`,
          `remove it, or use {${name}}`,
        ),
      )
  }
  checkInputs(remote.headers ?? [], { ...place, at: [...at, 'headers'] }, findings)
}

/** Reports the transport that MCP has deprecated. */
export function noteSse(type: string, { file, at }: RulePlace, findings: Finding[]): void {
  if (type !== 'sse') return
  findings.push(
    makeFinding(
      'NOFX_MCP_TRANSPORT_SSE',
      { file, pointer: [...at, 'type'] },
      `${dotted([...at, 'type'])} "sse" is deprecated in MCP`,
      'use "streamable-http" when the server offers it',
    ),
  )
}

/** A finding about the URL at a place. */
export function urlFinding(
  rule: Parameters<typeof makeFinding>[0],
  url: string,
  { file, at }: Pick<RulePlace, 'file' | 'at'>,
  detail: string,
  hint: string,
): Finding {
  const pointer = [...at, 'url']
  return makeFinding(rule, { file, pointer }, `${dotted(pointer)} ${shownUrl(url)} ${detail}`, hint)
}
