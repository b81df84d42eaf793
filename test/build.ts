import { execFileSync } from 'node:child_process'

/** Builds dist before tests that run the command line, so that none passes on a stale build. */
export default function build(): void {
  execFileSync('npm', ['run', '--silent', 'build'], { stdio: 'inherit' })
}
