/** Read after what distributions, the kubelet and a CNI put there (sysctl.d(5): in the order of the file names). */
export const SYSCTL_FILE = '/etc/sysctl.d/99-zz-l2-vip.conf'
