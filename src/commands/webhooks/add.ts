import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import type { Answer } from '../../cli/json/commands.ts'
import { pickKinds } from '../../cli/kinds.ts'
import { presentAdded } from '../../cli/present/webhooks.ts'
import { TreeCommand } from '../../cli/tree-command.ts'
import { requireTypes } from '../../core/registry/webhooks.ts'

export default class Add extends TreeCommand {
  static override summary = 'Send every change from now on to a URL, signed; prints the secret once.'
  static override description =
    'Deliveries are signed the Standard Webhooks way and come at least once, in order, each batch with an id of its own. With --deployment the URL is the HTTP API of this registry, which purges its cache and forwards the events to its streams.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> https://example.com/hooks/nofx',
    '<%= config.bin %> <%= command.id %> https://example.com/hooks/nofx --kind agents --type agent.updated --json',
    '<%= config.bin %> <%= command.id %> https://registry.example.com/api/events/deliveries --deployment',
  ]
  static override args = { url: Args.string({ description: 'where deliveries go', required: true }) }
  static override flags = {
    kind: Flags.string({ description: 'only this kind (may be repeated)', multiple: true, default: [] }),
    type: Flags.string({
      description: 'only this event, such as agent.updated (may be repeated)',
      multiple: true,
      default: [],
    }),
    audience: Flags.option({
      description: 'publisher: also drafts, disabled definitions and refused publishes',
      options: ['public', 'publisher'] as const,
      default: 'public' as const,
    })(),
    deployment: Flags.boolean({
      description: 'the URL is /api/events/deliveries of a deployment',
      exclusive: ['kind', 'type', 'audience'],
    }),
  }

  async run(): Promise<Answer<'webhooks add'>> {
    const { args, flags } = await this.parse(Add)
    const kinds = await this.kinds()
    const { kind: kindIds, type: types, deployment, audience } = flags
    pickKinds(kinds, kindIds)
    requireTypes(types, audience, kinds)
    const registry = await this.registry(kinds)
    const request = { url: args.url, deployment, kinds: kindIds, types, audience, actor: await this.actor() }
    const added = await registry.webhooks.add(request)
    return this.answer(added, presentAdded(added, deployment))
  }
}
