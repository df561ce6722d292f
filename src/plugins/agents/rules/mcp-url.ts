import type { Finding, FindingPlace } from '../../../contract/diagnostic.ts'
import type { Mcp } from '../manifest/mcp.ts'
import type { RemoteServer } from '../manifest/mcp-schema.ts'
import { makeFinding } from './catalogue.ts'
import { readServerUrl, type ServerUrl, shownUrl } from './url.ts'

/** A server's parsed URL, for the rules that compare it with others and with the permissions. */
export interface NamedUrl extends ServerUrl {
  name: string
  raw: string
}

/**
 * Checks one server's URL.
 * @returns the parsed URL
 */
export function checkServerUrl(
  mcp: Mcp,
  name: string,
  server: RemoteServer,
  draft: boolean,
  findings: Finding[],
): NamedUrl {
  const { problems, host, loopback, canonical, variables } = readServerUrl(server.url, draft)
  // A copy by `...` takes several times as long.
  const url: NamedUrl = { problems, host, loopback, canonical, variables, name, raw: server.url }
  for (const { rule, detail, hint } of url.problems)
    findings.push(
      makeFinding(
        rule,
        urlPlace(mcp, name),
        `mcpServers.${name}.url ${shownUrl(server.url)} ${detail}`,
        hint,
      ),
    )
  if (url.variables.length > 0 || server.variables !== undefined) checkVariables(mcp, url, server, findings)
  return url
}

/** The place of a server's URL. */
export function urlPlace(mcp: Mcp, name: string): FindingPlace {
  return { file: mcp.file, pointer: [...mcp.at, name, 'url'] }
}

function checkVariables(mcp: Mcp, url: NamedUrl, server: RemoteServer, findings: Finding[]): void {
  const declared = server.variables ?? {}
  for (const variable of new Set(url.variables))
    if (!Object.hasOwn(declared, variable))
      findings.push(
        makeFinding(
          'NOFX_MCP_URL_VARIABLE',
          urlPlace(mcp, url.name),
          `mcpServers.${url.name}.url ${shownUrl(url.raw)} uses {${variable}}, which is not declared`,
          `add "${variable}" to mcpServers.${url.name}.variables`,
        ),
      )
  for (const variable of Object.keys(declared))
    if (!url.variables.includes(variable))
      findings.push(
        makeFinding(
          'NOFX_MCP_URL_VARIABLE_UNUSED',
          { file: mcp.file, pointer: [...mcp.at, url.name, 'variables', variable], key: true },
          `mcpServers.${url.name}.variables.${variable} is not used in the url`,
          `remove it, or use {${variable}}`,
        ),
      )
}

/** Reports URLs that an agent names twice, in any spelling. */
export function checkRepeatedUrls(mcp: Mcp, urls: readonly NamedUrl[], findings: Finding[]): void {
  urls.forEach(({ canonical, name, raw }, index) => {
    const first = urls.findIndex((other) => other.canonical === canonical)
    if (canonical === undefined || first === index) return
    findings.push(
      makeFinding(
        'NOFX_MCP_URL_DUPLICATE',
        urlPlace(mcp, name),
        `mcpServers.${name}.url ${shownUrl(raw)} is the url of ${urls[first]?.name} as well`,
        'keep one of the two servers',
      ),
    )
  })
}
