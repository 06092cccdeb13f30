// What the widget says, in English and Chinese.

const en = {
  open: "Open chat", close: "Close chat", unread: "{n} unread", menu: "More", fresh: "New conversation",
  other: "中文", otherLabel: "切换到中文", chat: "Chat",
  greeting: "How can we help?",
  about: "I answer from our own documents and show my sources. You can ask for a person at any time.",
  label: "Your message", placeholder: "Ask a question", send: "Send", below: "New messages",
  on: "Online", connecting: "Connecting…", idle: "", off: "Reconnecting… your messages are kept",
  bot: "Assistant", agent: "Support", you: "You",
  botTyping: "Looking for the answer", agentTyping: "{n} is writing",
  sending: "Sending…", waiting: "Will be sent when you are back online", failed: "Not sent.",
  sources: "Sources ({n})", source: "Source {n}",
  up: "Good answer", down: "Bad answer", why: "What was wrong?",
  wrong: "Wrong", out_of_date: "Out of date", no_answer: "Didn't answer", reason: "Other",
  comment: "Tell us more (optional)",
  thanks: "Thank you. This helps us to answer better.",
  person: "Talk to a person", personAsked: "You asked for a person.",
  queue: "You are waiting for a person. You can go on writing.",
  position: "You are number {n} in line for a person. You can go on writing.",
  back: "Back to the assistant", backSaid: "Back to the bot", withAgent: "You are talking to a person",
  tooLong: "A message has at most {n} characters.",
  lost: "The earlier conversation could not be opened. This is a new one.",
  unauthorized: "You are no longer signed in. Please reload the page.",
  refused: "The chat is not available on this page.",
};

export type Word = keyof typeof en;

const zh: Record<Word, string> = {
  open: "打开对话", close: "关闭对话", unread: "{n} 条未读", menu: "更多", fresh: "新对话",
  other: "English", otherLabel: "Switch to English", chat: "对话",
  greeting: "有什么可以帮您？",
  about: "我只根据我们自己的文档回答，并注明出处。您可以随时转接人工客服。",
  label: "您的消息", placeholder: "请输入您的问题", send: "发送", below: "新消息",
  on: "在线", connecting: "正在连接…", idle: "", off: "正在重新连接…您的消息会保留",
  bot: "助手", agent: "人工客服", you: "您",
  botTyping: "正在查找答案", agentTyping: "{n}正在输入",
  sending: "发送中…", waiting: "恢复连接后发送", failed: "未发送。",
  sources: "来源（{n}）", source: "来源 {n}",
  up: "回答得好", down: "回答得不好", why: "哪里不对？",
  wrong: "内容有误", out_of_date: "已过时", no_answer: "没有回答问题", reason: "其他",
  comment: "补充说明（可选）",
  thanks: "谢谢，我们会据此改进答案。",
  person: "转人工客服", personAsked: "您已请求人工客服。",
  queue: "正在为您转接人工客服，您可以继续输入。",
  position: "您在人工客服队列中排第 {n} 位，可以继续输入。",
  back: "返回自动助手", backSaid: "回到机器人", withAgent: "正在由人工客服为您服务",
  tooLong: "每条消息最多 {n} 个字符。",
  lost: "无法打开之前的对话，这是新的对话。",
  unauthorized: "您的登录已失效，请刷新页面。",
  refused: "该页面无法使用对话。",
};

let words = en;

/** Speak the first of these languages that is known, else English. */
export function choose(...wanted: (string | null | undefined)[]): void {
  words = wanted.find((one) => /^(en|zh)/i.test(one ?? ""))?.match(/^zh/i) ? zh : en;
}

/** The language spoken now. */
export const spoken = (): "en" | "zh" => (words === en ? "en" : "zh");

export const t = (word: Word, n: string | number = ""): string => words[word].replace("{n}", String(n));
