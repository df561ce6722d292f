import * as Args from '@oclif/core/args'
import { BaseCommand } from '../cli/base-command.ts'
import type { Answer } from '../cli/json/commands.ts'
import { pickKind } from '../cli/kinds.ts'
import { buildJsonSchema } from '../contract/manifest/json-schema.ts'

export default class Schema extends BaseCommand {
  static override summary = 'Print the JSON Schema of a kind, for editors.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> agents',
    '<%= config.bin %> <%= command.id %> agents > .vscode/agents.schema.json',
  ]
  static override args = { kind: Args.string({ description: 'the kind, such as agents', required: true }) }

  async run(): Promise<Answer<'schema'>> {
    const { args } = await this.parse(Schema)
    const schema = buildJsonSchema(pickKind(await this.kinds(), args.kind))
    return this.answerExact({ schema }, JSON.stringify(schema, null, 2))
  }
}
