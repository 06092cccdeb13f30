// What the page says, in English and Chinese; both have the same keys.
export const WORDS = {
  en: {
    person: "Talk to a person", fresh: "New conversation", theme: "Light or dark", other: "中文",
    otherLabel: "切换到中文", greeting: "How can we help?",
    about: "I am an automated assistant. I answer from our own documents, show where each answer comes from, and can connect you with a person.",
    label: "Your message", placeholder: "Ask a question", send: "Send", hint: "Enter sends, Shift + Enter starts a new line",
    below: "New messages", on: "Connected", off: "Reconnecting… your messages are kept and sent once", connecting: "Connecting…",
    bot: "Assistant", agent: "Support", you: "You", botTyping: "Looking for the answer", agentTyping: "Support is writing",
    sending: "Sending…", waiting: "Will be sent when you are back online", sent: "Sent", failed: "Not sent.", retry: "Retry",
    sources: "Sources ({n})", source: "Source {n}", up: "Good answer", down: "Bad answer",
    why: "What was wrong?", wrong: "Wrong", out_of_date: "Out of date", no_answer: "Didn't answer", other_reason: "Other",
    comment: "Tell us more (optional)", sendComment: "Send", thanksDown: "Thank you. This goes to the people who keep our answers right.",
    queue: "You are waiting for a person. You can go on writing; they will read it all.", withAgent: "You are talking to a person.",
    tooLong: "A message has at most {n} characters.", lost: "The earlier conversation could not be opened again, so this is a new one.",
    unknownTenant: "There is no such brand here. Please check the address.", today: "Today", yesterday: "Yesterday", title: "Chat",
    personAsked: "You asked for a person.", back: "Back to the assistant", backSaid: "Back to the bot",
  },
  zh: {
    person: "转人工客服", fresh: "新对话", theme: "浅色或深色", other: "EN",
    otherLabel: "Switch to English", greeting: "有什么可以帮您？",
    about: "我是自动助手，只根据我们自己的文档回答，并注明每个答案的出处，也可以为您转接人工客服。",
    label: "您的消息", placeholder: "请输入您的问题", send: "发送", hint: "回车发送，Shift + 回车换行",
    below: "新消息", on: "已连接", off: "正在重新连接…您的消息会保留，并且只发送一次", connecting: "正在连接…",
    bot: "助手", agent: "人工客服", you: "您", botTyping: "正在查找答案", agentTyping: "客服正在输入",
    sending: "发送中…", waiting: "恢复连接后发送", sent: "已发送", failed: "未发送。", retry: "重试",
    sources: "来源（{n}）", source: "来源 {n}", up: "回答得好", down: "回答得不好",
    why: "哪里不对？", wrong: "内容有误", out_of_date: "已过时", no_answer: "没有回答问题", other_reason: "其他",
    comment: "补充说明（可选）", sendComment: "提交", thanksDown: "谢谢，我们会据此改进答案。",
    queue: "正在为您排队等候人工客服。您可以继续输入，客服会看到全部内容。", withAgent: "正在由人工客服为您服务。",
    tooLong: "每条消息最多 {n} 个字符。", lost: "无法恢复之前的对话，已为您开始新的对话。",
    unknownTenant: "这里没有该品牌，请检查网址。", today: "今天", yesterday: "昨天", title: "对话",
    personAsked: "您已请求人工客服。", back: "返回自动助手", backSaid: "回到机器人",
  },
};

let language = "en";

export function choose(wanted) {
  language = (wanted || "").toLowerCase().startsWith("zh") ? "zh" : "en";
  document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
  return language;
}

export const current = () => language;

export function t(key, n) {
  return WORDS[language][key].replace("{n}", n);
}
