import * as z from 'zod'
import { refuse } from '../../http/problem.ts'
import { defineRoute, type Route } from '../../route.ts'
import { registryPath, serverName, serverVersion } from './paths.ts'

const params = z.object({ name: serverName, version: serverVersion })

/** An operation of the MCP Registry API that changes something: the registry takes changes from git alone. */
function refuseWrite(
  name: string,
  method: Route['method'],
  path: string,
  [what, command]: readonly [what: string, command: string],
): Route {
  return defineRoute({
    method,
    ...registryPath(path),
    name,
    summary: `Answer that ${what} goes through the CLI.`,
    access: 'public',
    previews: false,
    ...(path.includes(':') ? { params } : {}),
    discovery: true,
    responses: { 501: { description: 'Not implemented; the problem names the command to use.' } },
    handle: async () => {
      throw refuse(501, 'NOT_IMPLEMENTED', `${what} goes through the CLI`, `run: ${command}`)
    },
  })
}

const VERSION = '/servers/:name/versions/:version'
const PUBLISH = 'nofx registry publish'

export const refuseRegistryPublish = refuseWrite('refuseRegistryPublish', 'POST', '/publish', [
  'publishing',
  PUBLISH,
])
export const refuseRegistryEdit = refuseWrite('refuseRegistryEdit', 'PUT', VERSION, [
  'a change of a server',
  PUBLISH,
])
export const refuseRegistryDelete = refuseWrite('refuseRegistryDelete', 'DELETE', VERSION, [
  'the removal of a server',
  'nofx registry disable servers <id> --reason <reason>',
])
export const refuseRegistryStatus = refuseWrite('refuseRegistryStatus', 'PATCH', `${VERSION}/status`, [
  'the status of a server',
  'nofx registry disable servers <id> --reason <reason>',
])
