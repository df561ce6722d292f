import type { Risk } from '../../../contract/kind.ts'
import { readServerUrl, shownUrl } from '../../agents/rules/url.ts'
import type { ServerRemote } from '../manifest/schema.ts'
import { inputRisks } from './inputs.ts'

/** Changes to where clients connect: hosts, URLs, transports, and the headers that they send. */
export function remoteRisks(
  before: readonly ServerRemote[] | undefined,
  after: readonly ServerRemote[] = [],
): Risk[] {
  const old = new Map((before ?? []).map((one) => [one.url, one]))
  const hosts = new Set((before ?? []).map(({ url }) => readHost(url)))
  const urls = new Set(after.map(({ url }) => url))
  const gone = [...old.keys()].filter((url) => !urls.has(url))
  return [
    ...after.flatMap((one, index) =>
      compareOne(old.get(one.url), one, { field: `remotes[${index}]`, hosts }),
    ),
    ...gone.map(
      (url): Risk => ({
        id: 'server-remote-removed',
        level: 'medium',
        field: 'remotes',
        message: `the remote ${shownUrl(url)} is removed`,
      }),
    ),
  ]
}

function compareOne(
  before: ServerRemote | undefined,
  after: ServerRemote,
  { field, hosts }: { field: string; hosts: ReadonlySet<string | undefined> },
): Risk[] {
  const headers = inputRisks(before?.headers, after.headers, {
    field: `${field}.headers`,
    what: 'the header',
  })
  if (before === undefined) {
    const host = readHost(after.url)
    const fresh = !hosts.has(host)
    const [id, level] = fresh
      ? (['server-host-added', 'high'] as const)
      : (['server-url-added', 'medium'] as const)
    const message = `clients connect to ${fresh ? `the new host ${host}` : shownUrl(after.url)}`
    return [{ id, level, field: `${field}.url`, message }, ...headers]
  }
  if (before.type === after.type) return headers
  const message = `transport ${before.type} → ${after.type}`
  return [{ id: 'server-transport-changed', level: 'high', field: `${field}.type`, message }, ...headers]
}

const readHost = (url: string) => readServerUrl(url, true).host
