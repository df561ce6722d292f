import { DefinitionPage } from '../parts/definition/definition-page.tsx'
import { InstantiateForm } from '../parts/instantiate/instantiate-form.tsx'

/** A form made from the parameters of a template, and beside it the plan that they make. */
export default function Instantiate() {
  return (
    <DefinitionPage tab="/instantiate">
      {(definition, { env, isPast }) =>
        isPast ? (
          <p class="soft part">A plan is made of what is live now. Return to now to make one.</p>
        ) : (
          // Another version may have other parameters.
          <InstantiateForm key={definition.digest} definition={definition} env={env} />
        )
      }
    </DefinitionPage>
  )
}
