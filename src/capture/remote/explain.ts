import { CannotLook } from '../../known.js'
import { theirs } from '../../theirs.js'
import { EngineMissing } from '../live.js'
import type { Ending } from '../live-child.js'
import { complaintOf } from '../live-tcpdump.js'
import type { RemoteHost } from './host.js'

/** Why a program on a host did not listen, or not send: one gap, with the step that closes it. */
export function explainRemote({ name, become }: RemoteHost, subject: string, program: string, ending: Ending): Error {
  const { stderr, code, error } = ending
  const said = complaintOf(stderr).trim() || error?.message || `${program} ended with status ${code}`
  const cannot = (reason: string, hint: string) => new CannotLook({ subject, reason, hint })
  if (/^sudo: /m.test(stderr) || (become && /sudo: not found|sudo: command not found/.test(stderr)))
    return cannot(`sudo -n is refused there (${theirs(said)})`, NO_SUDO)
  if (/permi(ssion|tted)/i.test(said))
    return cannot(`not permitted there (${theirs(said)}): needs CAP_NET_RAW`, become ? NO_RIGHT : WITHOUT_SUDO)
  if (code === 127) return new EngineMissing(cannot(`${program} is not there`, `install ${program} on ${name}`))
  return cannot(`${program} there says ${theirs(said)}`, 'check the interface there: `ip link`')
}

const NO_SUDO = 'allow it there without a password (sudoers: NOPASSWD), or log in as root: --user root'
const WITHOUT_SUDO = 'use sudo there with --become, or log in as root: --user root'
const NO_RIGHT = 'even root lacks CAP_NET_RAW there: name another host of the segment'
