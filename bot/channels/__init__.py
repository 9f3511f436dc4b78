"""The ways in, one module each; they do not know each other."""


class Unanswered(Exception):
    """Something of ours broke while a message was answered: logged, nothing kept, and it may be sent again."""


SORRY = "抱歉，刚才出了点问题，这条没有答上来。请稍后再发一次。"
