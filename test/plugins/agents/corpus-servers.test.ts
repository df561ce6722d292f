import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../../src/contract/kind.ts'
import { findingsOn, manifest } from './support/agent.ts'

interface Listed {
  name: string
  packages?: {
    registry_name: string
    name: string
    version: string
    package_arguments?: { value?: string }[]
    environment_variables?: { name: string }[]
  }[]
  remotes?: { transport_type: string; url: string }[]
}

const path = join(import.meta.dirname, '../../../../shared/corpus/mcp-servers/servers.json')
const listed: Listed[] = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : []
if (listed.length === 0) console.warn(`skipped: ${path} is not here`)

/** The commands that start the packages of a listing. */
function startOf(
  pack: NonNullable<Listed['packages']>[number],
): { command: string; args: string[] } | undefined {
  const args = (pack.package_arguments ?? []).flatMap(({ value }) => (value ? [value] : []))
  if (pack.registry_name === 'npm')
    return {
      command: 'npx',
      args: ['-y', pack.version ? `${pack.name}@${pack.version}` : pack.name, ...args],
    }
  if (pack.registry_name === 'pypi')
    return { command: 'uvx', args: [pack.version ? `${pack.name}==${pack.version}` : pack.name, ...args] }
  if (pack.registry_name === 'docker') return { command: 'docker', args: ['run', ...args] }
  return undefined
}

/** An agent with one listed package and no other fault. */
function packaged(pack: NonNullable<Listed['packages']>[number]): JsonObject | undefined {
  const start = startOf(pack)
  if (!start) return undefined
  const secrets = [...new Set((pack.environment_variables ?? []).map(({ name }) => name))]
  const env = Object.fromEntries(secrets.map((name) => [name, `\${${name}}`]))
  return manifest({
    permissions: { secrets },
    mcp: { mcpServers: { listed: { type: 'stdio', ...start, env } } },
  })
}

function remote({ transport_type, url }: { transport_type: string; url: string }): JsonObject {
  const host = /^https?:\/\/([^/:?#]+)/.exec(url)?.[1] ?? ''
  return manifest({
    permissions: { network: true, hosts: [host] },
    mcp: { mcpServers: { listed: { type: transport_type || 'sse', url } } },
  })
}

function tally(values: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1
  return counts
}

/** The rules that an agent breaks, in one word; "accepted" if there are none. */
function verdict(raw: JsonObject): string {
  const rules = findingsOn(raw).flatMap(({ rule, severity }) => (severity === 'error' ? [rule] : []))
  return [...new Set(rules)].sort().join(' ') || 'accepted'
}

describe.skipIf(listed.length === 0)('471 real MCP servers', () => {
  test('are all present', () => expect(listed).toHaveLength(471))

  test('are refused exactly if a package has no version', () => {
    const packages = listed.flatMap(({ packages = [] }) => packages)
    // Two packages name variables of a shell, which are not replaced; the next test counts them.
    const plain = packages.filter((pack) => !verdict(packaged(pack) ?? {}).includes('PLACEHOLDER'))
    for (const pack of plain.filter(({ registry_name }) => /^(?:npm|pypi)$/.test(registry_name)))
      expect(verdict(packaged(pack) ?? {})).toBe(pack.version ? 'accepted' : 'NOFX_MCP_PACKAGE_UNPINNED')
  })

  test('are refused for these start commands', () => {
    const found = listed.flatMap(({ packages = [] }) =>
      packages.map((pack) => {
        const raw = packaged(pack)
        return `${pack.registry_name} ${raw ? verdict(raw) : 'unknown how to start'}`
      }),
    )
    expect(tally(found)).toEqual({
      'npm accepted': 74,
      'npm NOFX_MCP_PLACEHOLDER': 1,
      'npm NOFX_MCP_PACKAGE_UNPINNED': 8,
      'pypi accepted': 46,
      'pypi NOFX_MCP_PLACEHOLDER': 1,
      'pypi NOFX_MCP_PACKAGE_UNPINNED': 6,
      // These seven name no image at all; every image in the listing has no version, or ":latest".
      'docker accepted': 7,
      'docker NOFX_MCP_PACKAGE_UNPINNED': 19,
      'unknown unknown how to start': 302,
    })
  })

  test('are refused for URLs that name this machine or contain tokens', () => {
    const found = listed.flatMap(({ remotes = [] }) =>
      remotes.map((one) => `${one.url} ${verdict(remote(one))}`),
    )
    expect(tally(found)).toEqual({
      'http://localhost:3001/sse NOFX_MCP_URL_LOOPBACK': 2,
      'http://localhost:5008/sse NOFX_MCP_URL_LOOPBACK': 1,
      'http://localhost:8000/sse NOFX_MCP_URL_LOOPBACK': 2,
      'http://localhost:9000/sse NOFX_MCP_URL_LOOPBACK': 1,
      'https://mcp.amap.com/sse?key=<YOUR_TOKEN> NOFX_MCP_URL_TOKEN': 1,
      'https://bindings.mcp.cloudflare.com/sse accepted': 1,
      'https://observability.mcp.cloudflare.com/sse accepted': 1,
    })
  })
})
