import * as Args from '@oclif/core/args'
import { BaseCommand } from '../../cli/base-command.ts'
import type { Answer } from '../../cli/json/commands.ts'
import { orNearWebhook } from '../../cli/near-names.ts'
import { presentRotated } from '../../cli/present/webhooks.ts'

export default class Rotate extends BaseCommand {
  static override summary = 'Sign deliveries to a webhook with a new secret; prints it once.'
  static override description =
    'For a day deliveries are signed with the old secret as well, so that none is lost while the receiver changes its secret. Rotate twice to invalidate an old secret at once.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> wh_4f2a9c1b0d3e5f67',
    '<%= config.bin %> <%= command.id %> wh_4f2a9c1b0d3e5f67 --json',
  ]
  static override args = { id: Args.string({ description: 'id of the webhook', required: true }) }

  async run(): Promise<Answer<'webhooks rotate'>> {
    const { args } = await this.parse(Rotate)
    const registry = await this.registry(await this.kinds())
    const rotated = await orNearWebhook(
      registry.webhooks.rotate(args.id),
      args.id,
      registry,
      'nofx webhooks rotate',
    )
    return this.answer(rotated, presentRotated(rotated))
  }
}
