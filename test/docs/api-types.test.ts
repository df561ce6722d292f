import { readFileSync, writeFileSync } from 'node:fs'
import openapiTS, { astToString } from 'openapi-typescript'
import { expect, it } from 'vitest'
import { describeApi } from '../../src/api/openapi.ts'
import { ROUTES } from '../../src/api/routes/routes.ts'
import { agents } from '../../src/plugins/agents/kind.ts'
import { servers } from '../../src/plugins/servers/kind.ts'
import { skills } from '../../src/plugins/skills/kind.ts'
import { templates } from '../../src/plugins/templates/kind.ts'

const PATH = 'console/generated/api.d.ts'
const HEAD = '// Made from the OpenAPI document of the API by: npm run docs\n\n'

it('the types of the console are those of the OpenAPI document', async () => {
  const document = JSON.parse(JSON.stringify(describeApi(ROUTES, [servers, agents, skills, templates])))
  const made = HEAD + astToString(await openapiTS(document))
  if (process.env.UPDATE_DOCS) writeFileSync(PATH, made)
  else
    expect(readFileSync(PATH, 'utf8') === made, `${PATH} is out of date; write it with: npm run docs`).toBe(
      true,
    )
})
