import { refusesAll } from './support/refuses-all.ts'
import { fresh, requires, shaOf } from './support/registry-under-test.ts'

const A = { id: 'a' }
const B = { id: 'b', text: '2' }

refusesAll('a publish', [
  {
    name: 'a definition that another publish changed since the plan, with its actor',
    given: async (registry) => {
      await registry.publish([A], { sha: 'winner' })
      return () => registry.publish([{ ...A, text: '2' }, B])
    },
    sqlstate: 'PT409',
    code: 'CONFLICT',
    message: new RegExp(`/a is at version 1 \\(commit ${shaOf('winner')}\\), the plan expected version 0$`),
    detail: { definitions: [{ id: 'a', expectedVersion: 0, version: 1, commit: shaOf('winner') }] },
  },
  {
    name: 'a definition that was rolled back since the plan, with the effect and its actor',
    given: async (registry) => {
      await registry.publish([A])
      await registry.publish([{ ...A, text: '2', expected: 1 }])
      await registry.to('a', 1)
      return () => registry.publish([{ ...A, text: '3', expected: 2 }])
    },
    sqlstate: 'PT409',
    code: 'CONFLICT',
    message: /\/a is at version 3 \(rollback by bob\), the plan expected version 2$/,
    detail: { definitions: [{ id: 'a', expectedVersion: 2, version: 3, origin: 'rollback', actor: 'bob' }] },
  },
  {
    name: 'all definitions that changed, in one message',
    given: async (registry) => {
      await registry.publish([A, B], { sha: 'winner' })
      return () =>
        registry.publish([
          { ...A, text: '2' },
          { ...B, text: '3' },
        ])
    },
    sqlstate: 'PT409',
    code: 'CONFLICT',
    message: /the plan expected version 0; and 1 more$/,
    detail: { definitions: [{ id: 'a' }, { id: 'b' }] },
  },
  {
    name: 'another request under a used key',
    given: async (registry) => {
      const key = fresh('key')
      await registry.publish([A], { key })
      return () => registry.publish([B], { key })
    },
    sqlstate: 'PT422',
    code: 'IDEMPOTENCY_MISMATCH',
    message: /was used for another request/,
  },
  {
    name: 'a rollback under a key that a publish used',
    given: async (registry) => {
      const key = fresh('key')
      await registry.publish([A], { key })
      return () => registry.to('a', 1, { key })
    },
    sqlstate: 'PT422',
    code: 'IDEMPOTENCY_MISMATCH',
    message: /was used for another request/,
  },
  {
    name: 'a commit with a part that never arrived',
    given: async (registry) => {
      const request = await registry.stage([A])
      return () => registry.commit({ ...request, parts: 2 })
    },
    sqlstate: 'PT409',
    code: 'CONFLICT',
    message: /1 of 2 parts/,
    detail: { parts: 1, expectedParts: 2 },
  },
  {
    name: 'a commit of content that was never staged',
    given: async (registry) => {
      const request = await registry.stage([A])
      return () => registry.commit({ ...request, key: fresh('key') })
    },
    sqlstate: 'PT409',
    code: 'CONFLICT',
    message: /nothing is staged under this key/,
    detail: { parts: 0, expectedParts: 1 },
  },
  {
    name: 'a commit of other content than was staged',
    given: async (registry) => {
      const request = await registry.stage([A])
      return () => registry.commit({ ...request, content: 'f'.repeat(64) })
    },
    sqlstate: 'PT422',
    code: 'REFUSED',
    message: /not the content that the publisher hashed$/,
  },
  {
    name: 'a bundle that is missing from storage',
    given: async (registry) => () => registry.publish([A], { upload: false }),
    sqlstate: 'PT422',
    code: 'REFUSED',
    message: /^the bundle \S+\/a\/[0-9a-f]{64}\.tar\.gz is missing from storage or has another size$/,
    detail: { rule: 'NOFX_BUNDLE_MISSING', bundles: [{ id: 'a', size: 101, stored: null }] },
  },
  {
    name: 'bundles that are in storage with another size',
    given: async (registry) => {
      const request = await registry.stage([A, B])
      await registry.db.query(`update storage.objects set metadata = '{"size": 7}' where name like $1`, [
        `${registry.kind}/%`,
      ])
      return () => registry.commit(request)
    },
    sqlstate: 'PT422',
    code: 'REFUSED',
    message: /^2 bundles are missing from storage or have another size, the first is /,
    detail: { bundles: [{ id: 'a', size: 101, stored: 7 }, { id: 'b' }] },
  },
  {
    name: 'a declared version that already names other content',
    given: async (registry) => {
      await registry.publish([{ ...A, declared: '1.0.0' }])
      await registry.publish([{ ...A, text: '2', declared: '1.1.0', expected: 1 }])
      return () => registry.publish([{ ...A, text: '3', declared: '1.0.0', expected: 2 }])
    },
    sqlstate: 'PT422',
    code: 'REFUSED',
    message: /\/a 1\.0\.0 is already published with other content, as version 1/,
    detail: { rule: 'NOFX_VERSION_REUSED' },
  },
  {
    name: 'a definition that exceeds the policy of its kind',
    given: async (registry) => {
      await registry.db.query('insert into public.registry_policies (kind, caps) values ($1, $2)', [
        registry.kind,
        { 'resourceProfile.cpu': 4 },
      ])
      return () =>
        registry.publish([
          { id: 'small', manifest: { resourceProfile: { cpu: 4 } } },
          { id: 'preset', manifest: { resourceProfile: 'large' }, facts: { resourceProfile: { cpu: 8 } } },
          { id: 'big', manifest: { resourceProfile: { cpu: 4.5 } } },
        ])
    },
    sqlstate: 'PT422',
    code: 'REFUSED',
    message: /\/big has resourceProfile\.cpu 4\.5, this registry allows at most 4$/,
    detail: {
      rule: 'NOFX_POLICY_CAP',
      definitions: [
        { id: 'big', field: 'resourceProfile.cpu', value: 4.5, cap: 4 },
        { id: 'preset', field: 'resourceProfile.cpu', value: 8, cap: 4 },
      ],
    },
  },
  {
    name: 'a required definition that does not exist',
    given: async (registry) => () => registry.publish([{ ...A, refs: [requires('gone', registry.kind)] }]),
    sqlstate: 'PT422',
    code: 'REFUSED',
    message: /\/a requires \S+\/gone, which is not live in the registry$/,
    detail: {
      rule: 'NOFX_REFERENCE_MISSING',
      references: [{ id: 'a', file: 'agent.json', target: { id: 'gone' } }],
    },
  },
  {
    name: 'a required definition that is only a draft',
    given: async (registry) => {
      await registry.publish([{ ...B, state: 'draft' }])
      return () => registry.publish([{ ...A, refs: [requires('b', registry.kind)] }])
    },
    sqlstate: 'PT422',
    code: 'REFUSED',
    message: /\/a requires \S+\/b/,
  },
  {
    name: 'a mentioned definition that does not exist',
    given: async (registry) => () =>
      registry.publish([{ ...A, refs: [{ ...requires('gone', registry.kind), relation: 'mentions' }] }]),
    sqlstate: 'PT422',
    code: 'REFUSED',
    message: /\/a mentions \S+\/gone/,
  },
  {
    name: 'the removal of a definition that live definitions require, with their names',
    given: async (registry) => {
      await registry.publish([B, { ...A, refs: [requires('b', registry.kind)] }])
      return () => registry.publish([], { removals: [{ id: 'b', expectedVersion: 1 }] })
    },
    sqlstate: 'PT422',
    code: 'REFUSED',
    message: /\/b is still required by \S+\/a$/,
    detail: { rule: 'NOFX_STILL_REQUIRED', dependents: [{ id: 'a', requires: { id: 'b' } }] },
  },
  {
    name: 'disabling a definition that live definitions require',
    given: async (registry) => {
      await registry.publish([B, { ...A, refs: [requires('b', registry.kind)] }])
      return () => registry.publish([{ ...B, state: 'disabled', expected: 1 }])
    },
    sqlstate: 'PT422',
    code: 'REFUSED',
    message: /\/b is still required by/,
  },
  {
    name: 'a removal of a definition that another publish changed',
    given: async (registry) => {
      await registry.publish([A])
      await registry.publish([{ ...A, text: '2', expected: 1 }], { sha: 'winner' })
      return () => registry.publish([], { removals: [{ id: 'a', expectedVersion: 1 }] })
    },
    sqlstate: 'PT409',
    code: 'CONFLICT',
    message: new RegExp(`version 2 \\(commit ${shaOf('winner')}\\), the plan expected version 1`),
  },
  {
    name: 'a removal of a definition that never existed',
    given: async (registry) => () => registry.publish([], { removals: [{ id: 'a', expectedVersion: 1 }] }),
    sqlstate: 'PT404',
    code: 'NOT_FOUND',
    message: /\/a cannot be removed, it does not exist$/,
  },
  {
    name: 'one definition both published and removed',
    given: async (registry) => {
      await registry.publish([A])
      return () =>
        registry.publish([{ ...A, text: '2', expected: 1 }], { removals: [{ id: 'a', expectedVersion: 1 }] })
    },
    sqlstate: 'PT422',
    code: 'REFUSED',
    message: /both published and removed/,
  },
])
