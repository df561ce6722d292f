import type { ComponentChildren } from 'preact'
import { Link as RouterLink, useSearch } from 'wouter-preact'
import { carryQuery } from '../../model/address/url-state.ts'

interface LinkProps {
  /** A path below `/console`. */
  to: string
  children: ComponentChildren
  class?: string
  current?: boolean
  label?: string
}

/** A link inside of the console; it keeps the environment and the time that the reader looks at. */
export function Link({ to, children, class: name, current, label }: LinkProps) {
  const search = useSearch()
  return (
    <RouterLink
      href={carryQuery(to, search)}
      class={name}
      aria-current={current ? 'page' : undefined}
      aria-label={label}
    >
      {children}
    </RouterLink>
  )
}
