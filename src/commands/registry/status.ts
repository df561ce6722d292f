import * as Flags from '@oclif/core/flags'
import { CompareCommand } from '../../cli/compare-command.ts'
import { optionalDefinitionArgs, wordsOf } from '../../cli/definition/definition-args.ts'
import { pickScope } from '../../cli/definition/scope.ts'
import { env } from '../../cli/env-flag.ts'
import type { Answer } from '../../cli/json/commands.ts'
import { presentPlan } from '../../cli/present/publish-plan.ts'

export default class Status extends CompareCommand {
  static override summary = 'Compare the working tree with the registry, in a line for each definition.'
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> agents --json',
  ]
  static override args = optionalDefinitionArgs
  static override flags = {
    env,
    risks: Flags.boolean({ description: 'also list the risks of the changes' }),
  }

  async run(): Promise<Answer<'registry status'>> {
    const { args, flags } = await this.parse(Status)
    const kinds = await this.kinds()
    const scope = pickScope(kinds, wordsOf(args), 'registry status')
    const plan = await this.compare(kinds, scope)
    const rows = plan.items.map((item) => ({ ...item, risks: flags.risks ? item.risks : [] }))
    const items = rows.map(({ diff: _, ...item }) => item)
    const text = presentPlan({ ...plan, items: rows }, this.paint, { texts: false, brief: true })
    return this.answer({ plan: { ...plan, items } }, text)
  }
}
