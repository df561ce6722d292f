import type { ComponentChildren } from 'preact'
import { useLocation, useSearch } from 'wouter-preact'
import { Link } from '../words/link.tsx'

/** Leads to the page where one signs in, and from there back to this page. */
export function SignInLink({ children, class: name }: { children: ComponentChildren; class?: string }) {
  const [path] = useLocation()
  const search = useSearch()
  const here = path === '/sign-in' ? '/' : path + (search === '' ? '' : `?${search}`)
  return (
    <Link to={`/sign-in?to=${encodeURIComponent(here)}`} class={name}>
      {children}
    </Link>
  )
}
