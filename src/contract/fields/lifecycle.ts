import * as z from 'zod'
import { definitionId } from './id.ts'
import { versionRange } from './semver.ts'
import { about, maybe, text } from './shape.ts'

/** An existing day (RFC 3339, leap years included), alone or with a time and a zone. */
const DAY_OR_TIME =
  /^(?:(?:[0-9]{2}(?:[2468][048]|[13579][26]|0[48])|(?:[02468][048]|[13579][26])00)-02-29|[0-9]{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8])))(?:T(?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:\.[0-9]+)?)?(?:Z|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9]))?$/

/** The field `deprecation`: since when, until when, why, and by what a definition is replaced. */
export const deprecationSchema = (singular: string) =>
  z.strictObject({
    message: about('What to do instead.', text({ min: 1, max: 1024 })),
    replacedBy: maybe(`The ${singular} that replaces this one.`, definitionId),
    sunsetAt: maybe(
      'The date of the removal, such as 2027-01-31, or a time with its zone.',
      text({
        max: 40,
        pattern: DAY_OR_TIME,
        must: 'must be a day such as "2027-01-31", or a time with its zone',
      }),
    ),
  })

/** What the runtime must provide for a definition. */
export const compatibility = z.strictObject({
  worker: maybe('semver range of the workers that can run the definition.', versionRange),
})
