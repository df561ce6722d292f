import * as Args from '@oclif/core/args'
import { BaseCommand } from '../../cli/base-command.ts'
import type { Answer } from '../../cli/json/commands.ts'
import { orNearWebhook } from '../../cli/near-names.ts'
import { printableText } from '../../core/printable.ts'

export default class Remove extends BaseCommand {
  static override summary = 'Send nothing more to a webhook, and forget its secret.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> wh_4f2a9c1b0d3e5f67',
    '<%= config.bin %> <%= command.id %> wh_4f2a9c1b0d3e5f67 --json',
  ]
  static override args = { id: Args.string({ description: 'id of the webhook', required: true }) }

  async run(): Promise<Answer<'webhooks remove'>> {
    const { args } = await this.parse(Remove)
    const registry = await this.registry(await this.kinds())
    const removed = await orNearWebhook(
      registry.webhooks.remove(args.id),
      args.id,
      registry,
      'nofx webhooks remove',
    )
    return this.answer(removed, printableText(`Removed ${removed.id}: ${removed.url}`))
  }
}
