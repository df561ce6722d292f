import { describeApi } from '../../../src/api/openapi.ts'
import type { Route } from '../../../src/api/route.ts'
import type { Kind } from '../../../src/contract/kind.ts'
import { table } from './table.ts'

/** The parts of an operation of the OpenAPI document that the table needs. */
interface Operation {
  summary: string
  security?: object[]
  parameters?: { name: string; in: string }[]
}

/** The routes of the OpenAPI document, one per row, with the parameters that are not in the path. */
export function routeTable(routes: readonly Route[], kinds: readonly Kind[]): string {
  const { paths } = JSON.parse(JSON.stringify(describeApi(routes, kinds)))
  const rows = Object.entries(paths as Record<string, Record<string, Operation>>).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { summary, security = [], parameters = [] }]) => {
      const asked = parameters.filter((parameter) => parameter.in !== 'path').map(({ name }) => `\`${name}\``)
      return [`\`${method.toUpperCase()} ${path}\``, summary, whoMay(security, asked), asked.join(', ')]
    }),
  )
  return table(['route', 'what it does', 'callers', 'query and headers'], rows)
}

function whoMay(security: readonly object[], asked: readonly string[]): string {
  if (asked.includes('`webhook-signature`')) return 'the forwarder, by its signature'
  const isOpen = security.length === 0 || security.some((one) => Object.keys(one).length === 0)
  return isOpen ? 'all' : 'publishers'
}
