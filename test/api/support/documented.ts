import { describeApi } from '../../../src/api/openapi.ts'
import { ROUTES } from '../../../src/api/routes/routes.ts'
import { agents } from '../../../src/plugins/agents/kind.ts'
import { servers } from '../../../src/plugins/servers/kind.ts'
import { skills } from '../../../src/plugins/skills/kind.ts'
import { templates } from '../../../src/plugins/templates/kind.ts'

type Operations = Record<string, { responses: Record<string, unknown> } | undefined>
const { paths } = describeApi(ROUTES, [servers, agents, skills, templates]) as {
  paths: Record<string, Operations>
}

/** Literal segments come before parameters, as the app matches them. */
const patterns = Object.entries(paths)
  .map(([path, operations]) => ({
    operations,
    parameters: path.split('{').length,
    matches: new RegExp(`^${path.replaceAll('.', '\\.').replace(/\{\w+\}/g, '[^/]+')}$`),
  }))
  .sort((a, b) => a.parameters - b.parameters)

/** @throws Error if the OpenAPI document has the operation of a request, but not the status of its answer */
export function requireDocumented(method: string, url: URL, status: number): void {
  const found = patterns.find(({ matches }) => matches.test(url.pathname))
  const operation = found?.operations[method === 'HEAD' ? 'get' : method.toLowerCase()]
  if (operation && !Object.hasOwn(operation.responses, String(status)))
    throw new Error(`the OpenAPI document does not have status ${status} of ${method} ${url.pathname}`)
}
